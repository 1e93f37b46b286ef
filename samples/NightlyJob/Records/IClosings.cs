namespace NightlyJob.Records;

/// <summary>Where the instances record what they have closed. Nothing in it keeps a shop from being closed twice.</summary>
internal interface IClosings
{
    Task AddAsync(string run, Closing closing, CancellationToken cancellationToken);

    /// <summary>What was closed, in its order: for one due time, or for all.</summary>
    Task<IReadOnlyList<Closing>> ListAsync(string run, DateTimeOffset? due, CancellationToken cancellationToken);
}
