using System.Diagnostics;

namespace SuspendedHolder.Processes;

/// <summary>This program once more, in another role. What it says becomes part of the story, after its name.</summary>
internal sealed class StoryProcess : IAsyncDisposable
{
    /// <summary>What a child prints when it is where the story waits for it.</summary>
    public const string HereLine = LongRunning.ReadyLine;

    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(180);

    private readonly string _name;
    private readonly Process _process;
    private readonly TaskCompletionSource _here = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public StoryProcess(string name, IEnumerable<string> arguments)
    {
        _name = name;
        _process = new Process { StartInfo = OwnProgram.StartInfo(arguments), EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, line) => Hear(line.Data);
        _process.ErrorDataReceived += (_, line) => PassOn(Console.Error, line.Data);
        _process.Exited += (_, _) => _here.TrySetException(new SampleException($"{name} ended with exit code {_process.ExitCode}, too early."));
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Waits until it has come to the place where the story goes on.</summary>
    public Task ComesAsync(CancellationToken cancellationToken) => WithinTimeout(_here.Task, "has not come far enough", cancellationToken);

    /// <summary>Waits until it has done its part.</summary>
    public async Task EndsAsync(CancellationToken cancellationToken)
    {
        await WithinTimeout(_process.WaitForExitAsync(cancellationToken), "has not ended", cancellationToken);
        if (_process.ExitCode != ExitCode.Right)
            throw new SampleException($"{_name} ended with exit code {_process.ExitCode}.");
    }

    public void Suspend() => PosixSignals.Suspend(_process);

    public void Resume() => PosixSignals.Resume(_process);

    /// <summary>Lets it go on from where it came to, as soon as it can.</summary>
    public async Task LetGoOnAsync()
    {
        await _process.StandardInput.WriteLineAsync();
        await _process.StandardInput.FlushAsync();
    }

    /// <summary>Ends it at once, with whatever it is doing; a suspended one too.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task WithinTimeout(Task task, string otherwise, CancellationToken cancellationToken)
    {
        try
        {
            await task.WaitAsync(TimeLimit, TimeProvider.System, cancellationToken);
        }
        catch (TimeoutException late)
        {
            throw new SampleException($"{_name} {otherwise} within {TimeLimit.TotalSeconds:0} s.", late);
        }
    }

    private void Hear(string? line)
    {
        if (line == HereLine)
            _here.TrySetResult();
        else
            PassOn(Console.Out, line);
    }

    private void PassOn(TextWriter writer, string? line)
    {
        if (line is not null)
            writer.WriteLine($"{_name} {line}");
    }
}
