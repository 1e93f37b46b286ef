namespace Samples;

/// <summary>The sample can't go on; the message is for the person who runs it.</summary>
public sealed class SampleException(string message, Exception? inner = null) : Exception(message, inner);
