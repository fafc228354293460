namespace EinsumNet.Tests.Gpu.Ptx;

/// <summary>What the manual gives no meaning to, or the interpreter does not know.</summary>
sealed class PtxException(string message) : Exception(message);
