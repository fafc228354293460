using EinsumSamples;

(string Name, Action Run)[] samples =
[
    ("first steps", FirstSteps.Run),
    ("named labels", NamedLabels.Run),
    ("compile once, run often", CompileOnce.Run),
    ("strided memory", StridedMemory.Run),
    ("embedded plans", EmbeddedPlan.Run),
    ("errors", Errors.Run),
    ("complex conjugate", Conjugate.Run),
    ("ragged lists", RaggedLists.Run),
    ("functions", Functions.Run),
    ("a GPU", Gpu.Run),
];
foreach (var (name, run) in samples)
{
    Console.WriteLine($"-- {name}");
    run();
}
