using System.Collections;
using System.Runtime.InteropServices;

namespace Locks.Cli.Processes;

/// <summary>
/// Starts processes, each in a group of its own. .NET's own <c>Process</c> can't do that, and a group can't be chosen any more once the new
/// program runs.
/// </summary>
internal static unsafe class ProcessSpawner
{
    // More than any C library needs for an attributes object, a list of actions or a set of signals (glibc: 336 bytes, 80, 128).
    private const int Ample = 1_024;

    /// <summary>Starts a program, looked up in <c>PATH</c>.</summary>
    /// <param name="program">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="variables">What is added to this process's environment.</param>
    /// <param name="input">The descriptor that becomes its standard input; this process's own where absent.</param>
    /// <param name="process">The id of its process, which is that of its group.</param>
    /// <returns>0, or the error number.</returns>
    public static int Start(
        string program, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> variables, int? input, out int process)
    {
        var objects = (byte*)NativeMemory.AllocZeroed(3, Ample);
        void* attributes = objects, actions = objects + Ample, signals = objects + (2 * Ample);
        using var file = new NativeStrings([program]);
        using var argv = new NativeStrings([program, .. arguments]);
        using var environment = new NativeStrings(Environment(variables));
        try
        {
            _ = Posix.InitAttributes(attributes);
            _ = Posix.SetFlags(attributes, Posix.SpawnSetGroup | Posix.SpawnSetDefaults);
            // .NET has this process ignore it, and a program would inherit that: 'yes | head -1' would complain.
            _ = Posix.EmptySet(signals);
            _ = Posix.AddToSet(signals, Posix.SigPipe);
            _ = Posix.SetDefaults(attributes, signals);
            _ = Posix.InitActions(actions);
            if (input is { } descriptor)
                _ = Posix.AddDuplicate(actions, descriptor, 0);

            int id;
            var error = Posix.Spawn(&id, file.First, actions, attributes, argv.All, environment.All);
            process = id;
            return error;
        }
        finally
        {
            _ = Posix.DestroyActions(actions);
            _ = Posix.DestroyAttributes(attributes);
            NativeMemory.Free(objects);
        }
    }

    private static IReadOnlyList<string> Environment(IReadOnlyDictionary<string, string> variables) =>
    [
        .. System.Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .Where(entry => !variables.ContainsKey((string)entry.Key))
            .Select(entry => $"{entry.Key}={entry.Value}"),
        .. variables.Select(variable => $"{variable.Key}={variable.Value}"),
    ];

    /// <summary>Strings as C has them, with a null at the end of the array.</summary>
    private sealed class NativeStrings : IDisposable
    {
        private readonly int _count;

        public NativeStrings(IReadOnlyList<string> texts)
        {
            _count = texts.Count;
            All = (byte**)NativeMemory.AllocZeroed((nuint)_count + 1, (nuint)sizeof(byte*));
            for (var i = 0; i < _count; i++)
                All[i] = (byte*)Marshal.StringToCoTaskMemUTF8(texts[i]);
        }

        public byte** All { get; }

        public byte* First => All[0];

        public void Dispose()
        {
            for (var i = 0; i < _count; i++)
                Marshal.FreeCoTaskMem((nint)All[i]);
            NativeMemory.Free(All);
        }
    }
}
