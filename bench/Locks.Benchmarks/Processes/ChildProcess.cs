using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Locks.Benchmarks.Measuring;

namespace Locks.Benchmarks.Processes;

/// <summary>This program once more, which does orders that come through its standard input, and ends when that closes.</summary>
internal sealed class ChildProcess : IWorker
{
    // Longer than a child takes at most.
    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly Task _reading;
    private readonly SemaphoreSlim _oneAtATime = new(1);
    private readonly ConcurrentDictionary<int, TaskCompletionSource<AnswerLine>> _pending = new();
    private int _lastNumber;
    private volatile bool _ended;

    private ChildProcess(Process process)
    {
        _process = process;
        _reading = Task.Run(ReadAsync);
    }

    public int ProcessId => _process.Id;

    public TimeSpan Cpu
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    public static ChildProcess Start()
    {
        // setsid: Ctrl-C in a terminal goes to every process of the group; only the parent shall hear it.
        // Without --fork or --wait it becomes the program, so that the number is the program's own.
        var start = new ProcessStartInfo("setsid") { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.ArgumentList.Add(Environment.ProcessPath!);
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
            start.ArgumentList.Add(typeof(ChildProcess).Assembly.Location);
        start.ArgumentList.Add(ChildMain.Argument);
        return new ChildProcess(Process.Start(start)!);
    }

    public async Task<TAnswer> DoAsync<TAnswer>(RemoteCall<TAnswer> order, CancellationToken cancellationToken)
        where TAnswer : notnull
    {
        var number = Interlocked.Increment(ref _lastNumber);
        var pending = _pending[number] = new TaskCompletionSource<AnswerLine>(TaskCreationOptions.RunContinuationsAsynchronously);
        await _oneAtATime.WaitAsync(cancellationToken);
        try
        {
            if (_ended)
                throw EndedByItself();
            await _process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(new CallLine(number, order), Lines.Form));
            await _process.StandardInput.FlushAsync(cancellationToken);
        }
        catch (IOException)
        {
            throw EndedByItself();
        }
        finally
        {
            _oneAtATime.Release();
        }

        var answer = await pending.Task.WaitAsync(cancellationToken);
        return answer.Failure is null
            ? answer.Answer!.Value.Deserialize<TAnswer>(Lines.Form)!
            : throw new MeasurementFailedException($"{order.GetType().Name} failed in a child process: {answer.Failure}");
    }

    /// <summary>Ends it as a power cut would.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        using (var limit = new CancellationTokenSource(LongestEnd, TimeProvider.System))
        {
            try
            {
                await _process.WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                await KillAsync();
            }
        }

        await _reading;
        _process.Dispose();
        _oneAtATime.Dispose();
    }

    private static MeasurementFailedException EndedByItself() => new("A child process ended by itself.");

    private async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            var answer = JsonSerializer.Deserialize<AnswerLine>(line, Lines.Form)!;
            if (_pending.TryRemove(answer.Number, out var pending))
                pending.SetResult(answer);
        }

        _ended = true;
        foreach (var pending in _pending.Values)
            pending.TrySetException(EndedByItself());
    }
}
