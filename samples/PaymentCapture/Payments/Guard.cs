namespace PaymentCapture.Payments;

/// <summary>What consumers do when a payment's lock is busy.</summary>
internal enum Guard
{
    /// <summary>Wait for the lock, and look whether the payment was captured meanwhile.</summary>
    Wait,

    /// <summary>Leave the message to the holder of the lock.</summary>
    Skip,

    /// <summary>There is no lock: to see what happens.</summary>
    None,
}
