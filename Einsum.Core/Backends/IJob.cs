namespace EinsumNet;

/// <summary>Independent tasks, numbered from 0; a struct, so that a dispatch allocates nothing.</summary>
interface IJob
{
    /// <summary>Does one task; called from several threads at once, each task once.</summary>
    void Execute(int task);
}
