namespace FolderImport.Import;

/// <summary>Import a file.</summary>
/// <param name="Run">The run that it belongs to.</param>
/// <param name="Item">Its number among the messages of the run, so that a repeated one is known.</param>
/// <param name="Path">The file, as in <c>/folder1/file1.jpg</c>.</param>
public sealed record ImportFile(string Run, int Item, string Path);

/// <summary>Import a folder that has nothing in it that would bring it along.</summary>
public sealed record ImportFolder(string Run, int Item, string Path);
