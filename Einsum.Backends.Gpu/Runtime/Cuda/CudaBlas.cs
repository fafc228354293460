namespace EinsumNet.Backends.Gpu;

/// <summary>Plain products by cuBLAS on the runtime's stream of kernels; its handle is made for the first that is planned.</summary>
sealed unsafe class CudaBlas(CudaRuntime runtime, ICuBlas library, nint stream)
{
    const int Float = 0, Double = 1, Half = 2, FloatArithmetic = 68, DoubleArithmetic = 70, BFloat16Arithmetic = 75, Tf32Arithmetic = 77, DefaultAlgorithm = -1;

    /// <summary>CUBLAS_MATH_DISALLOW_REDUCED_PRECISION_REDUCTION: otherwise parts of a sum of halves may be rounded to halves before they are added up.</summary>
    const int SumsInArithmetic = 16;

    readonly Lock _lock = new();
    nint _handle;
    bool _isOver;

    internal void Multiply(LibraryProduct product, KernelBuffer first, KernelBuffer second, KernelBuffer result)
    {
        var (type, arithmetic) = (product.Element, product.Precision) switch
        {
            (ElementType.Double, _) => (Double, DoubleArithmetic),
            (ElementType.Half, _) => (Half, FloatArithmetic),
            (_, MatrixPrecision.Tf32) => (Float, Tf32Arithmetic),
            (_, MatrixPrecision.BFloat16) => (Float, BFloat16Arithmetic),
            _ => (Float, FloatArithmetic),
        };
        var resultType = product.Result == ElementType.Float ? Float : type;
        // Zero is the same bits in both types.
        var (floatOne, doubleOne, zero) = (1f, 1d, 0d);
        var one = type == Double ? (void*)&doubleOne : &floatOne;
        var (a, b) = product.First == 0 ? (first, second) : (second, first);
        // A handle is for one thread at a time.
        lock (_lock)
        {
            Check("cublasGemmStridedBatchedEx", library.GemmStridedBatchedEx(
                _handle, product.FirstIsTransposed ? 1 : 0, product.SecondIsTransposed ? 1 : 0, product.M, product.N, product.K, one,
                At(a, product.Element), type, product.FirstLeading, product.FirstStride, At(b, product.Element), type, product.SecondLeading, product.SecondStride,
                &zero, At(result, product.Result), resultType, product.ResultLeading, product.ResultStride, product.Batches, arithmetic, DefaultAlgorithm));
        }

        static nint At(KernelBuffer buffer, ElementType element) => buffer.Memory + (nint)(buffer.Offset * element.Size());
    }

    /// <summary>Whether products can be enqueued; where the library does not start, there are none, and <see cref="GpuDevice.Missing"/> says so.</summary>
    internal bool HasStarted()
    {
        lock (_lock)
        {
            if (_handle == 0 && !_isOver) runtime.InContext(Start);
            return _handle != 0;
        }
    }

    void Start()
    {
        var (call, code) = ("cublasCreate", library.Create(out var handle));
        if (code == 0)
        {
            (call, code) = ("cublasSetStream", library.SetStream(handle, stream));
            if (code == 0) (call, code) = ("cublasSetMathMode", library.SetMathMode(handle, SumsInArithmetic));
            if (code != 0) Destroy(handle);
        }
        if (code == 0)
        {
            _handle = handle;
            return;
        }
        _isOver = true;
        GpuDevice.Note($"CUDA: products do without cuBLAS: {Error(call, code).Message}");
    }

    internal void Close()
    {
        lock (_lock)
        {
            if (_handle != 0) Destroy(_handle);
            (_handle, _isOver) = (0, true);
        }
    }

    void Destroy(nint handle)
    {
        if (library.Destroy(handle) is not 0 and var code) runtime.Note(Error("cublasDestroy", code));
    }

    void Check(string call, int code)
    {
        if (code != 0) throw Error(call, code);
    }

    EinsumException Error(string call, int code) => GpuErrors.Call(runtime.Limits.Name, call, Name(code), code);

    static string Name(int code) => code switch
    {
        1 => "CUBLAS_STATUS_NOT_INITIALIZED",
        3 => "CUBLAS_STATUS_ALLOC_FAILED",
        7 => "CUBLAS_STATUS_INVALID_VALUE",
        8 => "CUBLAS_STATUS_ARCH_MISMATCH",
        13 => "CUBLAS_STATUS_EXECUTION_FAILED",
        14 => "CUBLAS_STATUS_INTERNAL_ERROR",
        15 => "CUBLAS_STATUS_NOT_SUPPORTED",
        _ => "a cuBLAS error",
    };
}
