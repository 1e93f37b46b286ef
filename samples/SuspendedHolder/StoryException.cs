namespace SuspendedHolder;

/// <summary>The story can't go on; the message is for the person at the terminal.</summary>
internal sealed class StoryException(string message, Exception? inner = null) : Exception(message, inner);
