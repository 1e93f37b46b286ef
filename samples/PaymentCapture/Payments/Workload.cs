namespace PaymentCapture.Payments;

/// <summary>The messages of a run. The duplicates follow their payment's first message at once, so that they are consumed together.</summary>
/// <param name="Messages">How many there are.</param>
/// <param name="Duplicates">How many of them are for a payment that an earlier one is for. Less than all.</param>
internal sealed record Workload(int Messages, int Duplicates)
{
    /// <summary>How many payments there are.</summary>
    public int Payments => Messages - Duplicates;

    /// <summary>The payments, in the order of their messages.</summary>
    public IEnumerable<int> InOrder()
    {
        for (var payment = 0; payment < Payments; payment++)
        {
            var copies = CopiesUpTo(payment + 1) - CopiesUpTo(payment);
            for (var i = 0L; i <= copies; i++)
                yield return payment;
        }
    }

    /// <summary>Spreads the duplicates evenly over the payments.</summary>
    private long CopiesUpTo(int payment) => (long)Duplicates * payment / Payments;
}
