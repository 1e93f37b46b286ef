using System.Runtime.InteropServices;

namespace Locks.Cli.Processes;

/// <summary>What .NET's own processes lack: process groups, and the terminal's foreground.</summary>
internal static unsafe partial class Posix
{
    /// <summary>No such file.</summary>
    public const int ENoEnt = 2;

    /// <summary>A call was interrupted by a signal.</summary>
    public const int EIntr = 4;

    /// <summary>A part of the path is no folder.</summary>
    public const int ENotDir = 20;

    /// <summary>Stopped children are reported as well.</summary>
    public const int WUntraced = 2;

    public const int SigPipe = 13;
    public const int SigTtou = 22;

    /// <summary>The new process is in a group of its own.</summary>
    public const short SpawnSetGroup = 0x02;

    /// <summary>The new process does not ignore the given signals.</summary>
    public const short SpawnSetDefaults = 0x04;

    private const string Library = "libc";

    // Linux' prctl: orphans among this process's descendants become its children.
    private const int PrSetChildSubreaper = 36;

    public static int SigCont => OperatingSystem.IsMacOS() ? 19 : 18;

    public static int SigTstp => OperatingSystem.IsMacOS() ? 18 : 20;

    /// <summary>
    /// Adopts what a command leaves behind when it puts itself in the background, so that it can be found. Linux alone has that.
    /// </summary>
    public static void AdoptOrphans()
    {
        if (OperatingSystem.IsLinux())
            _ = PrCtl(PrSetChildSubreaper, 1, 0, 0, 0);
    }

    [LibraryImport(Library, EntryPoint = "kill", SetLastError = true)]
    public static partial int Kill(int process, int signal);

    [LibraryImport(Library, EntryPoint = "waitpid", SetLastError = true)]
    public static partial int WaitPid(int process, out int status, int options);

    [LibraryImport(Library, EntryPoint = "getpgrp")]
    public static partial int GetGroup();

    [LibraryImport(Library, EntryPoint = "tcgetpgrp", SetLastError = true)]
    public static partial int GetForegroundGroup(int terminal);

    [LibraryImport(Library, EntryPoint = "tcsetpgrp", SetLastError = true)]
    public static partial int SetForegroundGroup(int terminal, int group);

    [LibraryImport(Library, EntryPoint = "signal", SetLastError = true)]
    public static partial nint SetHandler(int signal, nint handler);

    [LibraryImport(Library, EntryPoint = "posix_spawnp")]
    public static partial int Spawn(int* process, byte* file, void* actions, void* attributes, byte** arguments, byte** environment);

    [LibraryImport(Library, EntryPoint = "posix_spawnattr_init")]
    public static partial int InitAttributes(void* attributes);

    [LibraryImport(Library, EntryPoint = "posix_spawnattr_destroy")]
    public static partial int DestroyAttributes(void* attributes);

    [LibraryImport(Library, EntryPoint = "posix_spawnattr_setflags")]
    public static partial int SetFlags(void* attributes, short flags);

    [LibraryImport(Library, EntryPoint = "posix_spawnattr_setsigdefault")]
    public static partial int SetDefaults(void* attributes, void* signals);

    [LibraryImport(Library, EntryPoint = "posix_spawn_file_actions_init")]
    public static partial int InitActions(void* actions);

    [LibraryImport(Library, EntryPoint = "posix_spawn_file_actions_destroy")]
    public static partial int DestroyActions(void* actions);

    [LibraryImport(Library, EntryPoint = "posix_spawn_file_actions_adddup2")]
    public static partial int AddDuplicate(void* actions, int from, int to);

    [LibraryImport(Library, EntryPoint = "sigemptyset")]
    public static partial int EmptySet(void* signals);

    [LibraryImport(Library, EntryPoint = "sigaddset")]
    public static partial int AddToSet(void* signals, int signal);

    [LibraryImport(Library, EntryPoint = "prctl", SetLastError = true)]
    private static partial int PrCtl(int option, nuint first, nuint second, nuint third, nuint fourth);
}
