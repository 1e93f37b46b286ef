namespace OrderProcessing.CommandLine;

/// <summary>What a process does in a run that several share.</summary>
internal enum Role
{
    Coordinator,
    Instance,
}
