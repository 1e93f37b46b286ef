namespace NightlyJob.Records;

/// <summary>Where the instances record what they have closed. Nothing in it keeps a shop from being closed twice.</summary>
internal interface IClosings
{
    Task AddAsync(string run, ShopClosing closing, CancellationToken cancellationToken);

    /// <summary>What was closed, in its order.</summary>
    Task<IReadOnlyList<ShopClosing>> ListAsync(string run, CancellationToken cancellationToken);
}
