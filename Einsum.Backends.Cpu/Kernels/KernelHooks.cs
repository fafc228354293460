namespace EinsumNet.Backends.Cpu;

/// <summary>What a caller computes within a kernel, on the threads that run it.</summary>
/// <param name="Sources">For each operand, where its blocks come from: default for one that lies in memory.</param>
/// <param name="Done">Told of parts of the result; null for nobody.</param>
sealed record KernelHooks(OperandSource[] Sources, PartDone? Done);

/// <summary>An operand that is computed block by block, as the kernel comes to need it; a block may be asked for more than once.</summary>
/// <param name="Write">Computes a block.</param>
/// <param name="Work">Operations that an element takes.</param>
readonly record struct OperandSource(BlockWanted? Write, double Work);

/// <summary>Told of a part of a result that is done: from and to for each of its axes.</summary>
unsafe delegate void PartDone(nint* state, long* bounds);

/// <summary>Computes a block of an operand, from and to the bounds of each axis, to where its entries lie if the operand's first were at the origin (<see cref="OperandBlocks"/>).</summary>
unsafe delegate void BlockWanted(nint* state, long* bounds, nint origin);

/// <summary>How a kernel asks for an operand in blocks.</summary>
/// <param name="Axes">The sizes of its axes.</param>
/// <param name="Strides">Elements of a block between neighbours along each; 0 for an axis of which a block has one entry.</param>
sealed record OperandBlocks(long[] Axes, long[] Strides);
