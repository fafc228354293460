using System.Runtime.InteropServices;

namespace EinsumNet.Functions;

/// <summary>A constant tensor, which was brought to the device when the function was compiled, copied to its buffer.</summary>
sealed unsafe class DeviceConstantStep : DeviceStep
{
    readonly ResidentTensor<byte> _value;

    internal DeviceConstantStep(FunctionDevice device, Dense value, int target) : base(device, [], [target])
    {
        var bytes = value.Data.Length * (long)value.Element.Size();
        _value = device.Rent(bytes);
        fixed (byte* first = &MemoryMarshal.GetArrayDataReference(value.Data)) device.Write(_value.Address, (nint)first, bytes);
    }

    internal override string Text => "constant";

    internal override void Run(nint* addresses) => Device.Copy(_value.Address, addresses[Writes[0]], _value.Shape[0]);
}
