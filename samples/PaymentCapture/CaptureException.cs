namespace PaymentCapture;

/// <summary>The run can't go on; the message is for the person at the terminal.</summary>
internal sealed class CaptureException(string message, Exception? inner = null) : Exception(message, inner);
