namespace PaymentCapture.Hosting;

/// <summary>
/// The names of a run's queues. They carry the name of the run, so that neither messages left over from another run nor other users of the
/// broker get in the way; the locks have a coordinator of their own for the same reason.
/// </summary>
internal sealed record Queues(string Run)
{
    public string Payments => $"payment-capture-{Run}";

    public string Locks => $"payment-capture-{Run}-locks";
}
