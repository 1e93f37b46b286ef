namespace ScaleOut.Work;

/// <summary>The workers of a run, as tasks or as processes.</summary>
internal interface IWorkers
{
    /// <summary>Ends one of them where it is. It releases nothing.</summary>
    void Kill(int number);

    /// <summary>Fails when one has ended that was not killed.</summary>
    void Check();
}
