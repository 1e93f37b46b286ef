namespace FolderImport.CommandLine;

/// <summary>What a process does in an import that several share.</summary>
internal enum Role
{
    Coordinator,
    Producer,
    Worker,
}
