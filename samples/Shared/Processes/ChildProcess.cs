using System.Diagnostics;
using Samples.Running;

namespace Samples.Processes;

/// <summary>This program, started once more in another role. Its output is noted, each line after the name of the process.</summary>
public sealed class ChildProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(180);
    private static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(10);

    private readonly Process _process;
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isEnding;

    public ChildProcess(string name, IEnumerable<string> arguments)
    {
        Name = name;
        _process = new Process { StartInfo = OwnProgram.StartInfo(arguments), EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, line) => Forward(line.Data);
        _process.ErrorDataReceived += (_, line) => Forward(line.Data);
        _process.Exited += (_, _) => OnExited();
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        Notes.Write($"{Name}: process {_process.Id}");
    }

    public string Name { get; }

    public bool HasExited => _process.HasExited;

    /// <summary>Waits until the process is ready, for at most three minutes.</summary>
    public async Task WaitUntilReadyAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            await _ready.Task.WaitAsync(StartTimeout, time, cancellationToken);
        }
        catch (TimeoutException late)
        {
            throw new SampleException($"The process '{Name}' was not ready within {StartTimeout.TotalSeconds:0} s.", late);
        }
    }

    /// <summary>Kills the process without a warning (SIGKILL).</summary>
    public void Kill()
    {
        Notes.Write($"{Name}: killing process {_process.Id}");
        _process.Kill();
    }

    /// <summary>Kills the process because the run is over.</summary>
    public void Abort()
    {
        _isEnding = true;
        _process.Kill();
    }

    /// <summary>Ends the process: closes its standard input, and kills it if it still runs after 10 s.</summary>
    public async ValueTask DisposeAsync()
    {
        _isEnding = true;
        try
        {
            _process.StandardInput.Close();
            using var timeout = new CancellationTokenSource(EndTimeout, TimeProvider.System);
            await _process.WaitForExitAsync(timeout.Token);
        }
        catch (Exception trouble) when (trouble is OperationCanceledException or IOException)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    private void Forward(string? line)
    {
        if (line == LongRunning.ReadyLine)
            _ready.TrySetResult();
        else if (line is not null)
            Notes.Write($"{Name}: {line}");
    }

    private void OnExited()
    {
        if (_isEnding)
            return;

        Notes.Write($"{Name}: ended with exit code {_process.ExitCode}");
        _ready.TrySetException(new SampleException($"The process '{Name}' did not start."));
    }
}
