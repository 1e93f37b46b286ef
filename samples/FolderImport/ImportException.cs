namespace FolderImport;

/// <summary>The import can't go on; the message is for the person at the terminal.</summary>
internal sealed class ImportException(string message, Exception? inner = null) : Exception(message, inner);
