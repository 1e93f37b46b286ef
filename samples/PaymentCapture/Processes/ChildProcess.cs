using System.Diagnostics;
using PaymentCapture.Running;

namespace PaymentCapture.Processes;

/// <summary>This program once more, in another role. What it writes is passed on, after its name.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan EndPatience = TimeSpan.FromSeconds(10);

    private readonly Process _process;
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isEnding;

    public ChildProcess(string name, IEnumerable<string> arguments)
    {
        Name = name;
        _process = new Process { StartInfo = StartInfo(arguments), EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, line) => PassOn(line.Data);
        _process.ErrorDataReceived += (_, line) => PassOn(line.Data);
        _process.Exited += (_, _) => OnExited();
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        Notes.Write($"{Name}: process {_process.Id}");
    }

    public string Name { get; }

    public bool HasExited => _process.HasExited;

    /// <summary>Waits until the process is at work.</summary>
    public async Task WaitUntilReadyAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            await _ready.Task.WaitAsync(StartPatience, time, cancellationToken);
        }
        catch (TimeoutException late)
        {
            throw new CaptureException($"The process '{Name}' was not ready within {StartPatience.TotalSeconds:0} s.", late);
        }
    }

    /// <summary>Kills it without a warning (SIGKILL).</summary>
    public void Kill()
    {
        Notes.Write($"{Name}: killing process {_process.Id}");
        _process.Kill();
    }

    /// <summary>Ends it at once, with whatever it is doing.</summary>
    public void Abort()
    {
        _isEnding = true;
        _process.Kill();
    }

    /// <summary>Ends it: closes its standard input, and kills it when it goes on all the same.</summary>
    public async ValueTask DisposeAsync()
    {
        _isEnding = true;
        try
        {
            _process.StandardInput.Close();
            using var patience = new CancellationTokenSource(EndPatience, TimeProvider.System);
            await _process.WaitForExitAsync(patience.Token);
        }
        catch (Exception trouble) when (trouble is OperationCanceledException or IOException)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    private static ProcessStartInfo StartInfo(IEnumerable<string> arguments)
    {
        var program = Environment.ProcessPath ?? throw new CaptureException("This program does not know its own file, so it can't start others.");
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        if (Path.GetFileNameWithoutExtension(program) == "dotnet")
            start.ArgumentList.Add(typeof(ChildProcess).Assembly.Location);
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        return start;
    }

    private void PassOn(string? line)
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
        _ready.TrySetException(new CaptureException($"The process '{Name}' did not start."));
    }
}
