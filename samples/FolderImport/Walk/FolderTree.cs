namespace FolderImport.Walk;

/// <summary>
/// What a directory held when it was listed. Paths start at the directory itself, which is <c>/</c>, and have forward slashes everywhere.
/// </summary>
internal sealed record FolderTree(
    string Root,
    IReadOnlyList<string> Folders,
    IReadOnlyList<string> Files,
    IReadOnlyList<string> EmptyFolders,
    IReadOnlyList<string> UnreadableFolders);
