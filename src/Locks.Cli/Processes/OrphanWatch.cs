using System.Globalization;
using System.IO.Pipes;
using System.Text;

namespace Locks.Cli.Processes;

/// <summary>
/// A small process that ends the command when this process is gone without having ended it, killed perhaps: the lock is no longer renewed
/// then, and the next owner gets it when the lease is over. It notices by its standard input, a pipe from this process.
/// </summary>
internal sealed class OrphanWatch : IDisposable
{
    private const string Shell = "/bin/sh";

    // $1 is the command's group, $2 how many tenths of a second it has to end. Not every shell knows 'kill -TERM --'.
    private const string Watch =
        """
        exec >/dev/null 2>&1
        trap '' HUP INT QUIT TERM
        read -r end && exit 0
        kill -s TERM -- "-$1"
        kill -s CONT -- "-$1"
        while [ "$2" -gt 0 ] && kill -s 0 -- "-$1"; do
          sleep 0.1
          set -- "$1" $(($2 - 1))
        done
        kill -s KILL -- "-$1"
        """;

    private readonly AnonymousPipeServerStream _pipe;

    private OrphanWatch(AnonymousPipeServerStream pipe, int process)
    {
        _pipe = pipe;
        Process = process;
    }

    /// <summary>Its own process.</summary>
    public int Process { get; }

    /// <summary>Watches over a command.</summary>
    /// <param name="group">The command's group.</param>
    /// <param name="grace">How long the command has to end once it was asked to.</param>
    /// <returns>The watch; <see langword="null"/> on a machine without a shell.</returns>
    public static OrphanWatch? Start(int group, TimeSpan grace)
    {
        var pipe = new AnonymousPipeServerStream(PipeDirection.Out, HandleInheritability.None);
        var input = (int)pipe.ClientSafePipeHandle.DangerousGetHandle();
        var tenths = ((int)(grace / TimeSpan.FromSeconds(0.1))).ToString(CultureInfo.InvariantCulture);
        string[] arguments = ["-c", Watch, "locks-watch", group.ToString(CultureInfo.InvariantCulture), tenths];
        var error = ProcessSpawner.Start(Shell, arguments, new Dictionary<string, string>(), input, out var process);
        pipe.DisposeLocalCopyOfClientHandle();
        if (error == 0)
            return new OrphanWatch(pipe, process);

        pipe.Dispose();
        return null;
    }

    /// <summary>Ends the watch.</summary>
    public void Dispose()
    {
        try
        {
            _pipe.Write(Encoding.ASCII.GetBytes("end\n"));
        }
        catch (IOException)
        {
            // It was ended from outside.
        }

        _pipe.Dispose();
    }
}
