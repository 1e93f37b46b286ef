namespace PaymentCapture.Payments;

/// <summary>Capture a payment.</summary>
/// <param name="Run">The run that it belongs to.</param>
/// <param name="Payment">The payment's number in the run.</param>
public sealed record CapturePayment(string Run, int Payment);
