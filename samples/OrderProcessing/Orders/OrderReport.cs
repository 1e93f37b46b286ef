namespace OrderProcessing.Orders;

/// <summary>What came of a run.</summary>
/// <param name="Orders">How many orders there were.</param>
/// <param name="Processed">How many were processed.</param>
/// <param name="Twice">How many of them more than once.</param>
/// <param name="Together">How often an instance began while another one was at work.</param>
/// <param name="ByInstance">How many orders each instance processed.</param>
internal sealed record OrderReport(
    int Orders, int Processed, int Twice, int Together, IReadOnlyList<KeyValuePair<string, int>> ByInstance)
{
    public const int OrdersPerRound = 5;

    public bool IsRight => Processed == Orders && Twice == 0 && Together == 0;

    /// <summary>For people, and a last line for scripts.</summary>
    public IEnumerable<string> Lines()
    {
        foreach (var (instance, orders) in ByInstance)
            yield return $"{instance} processed {orders} orders";
        yield return IsRight ? "Every order was processed once, by one instance at a time." : "Instances worked at the same time.";
        yield return $"orders={Orders} processed={Processed} twice={Twice} together={Together}";
    }
}
