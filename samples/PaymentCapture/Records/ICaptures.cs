namespace PaymentCapture.Records;

/// <summary>Where captured payments are noted. Nothing in it keeps a payment from being captured twice.</summary>
internal interface ICaptures
{
    Task<bool> ExistsAsync(string run, int payment, CancellationToken cancellationToken);

    Task AddAsync(string run, int payment, long fence, CancellationToken cancellationToken);

    /// <summary>How often each payment was captured.</summary>
    Task<IReadOnlyDictionary<int, int>> CountAsync(string run, CancellationToken cancellationToken);
}
