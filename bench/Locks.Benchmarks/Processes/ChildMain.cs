using System.Text.Json;

namespace Locks.Benchmarks.Processes;

/// <summary>What a child process does: orders, several at a time, until its standard input closes, as it does when the parent ends in whatever way.</summary>
internal static class ChildMain
{
    public const string Argument = "child";

    // A part that can't be closed, because its server is gone for example, must not keep the process.
    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(20);

    public static async Task<int> RunAsync()
    {
        using var input = new StreamReader(Console.OpenStandardInput());
        await using var output = new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true };
        using var oneAtATime = new SemaphoreSlim(1);
        using var closed = new CancellationTokenSource();
        var parts = new OpenResources();
        while (await input.ReadLineAsync() is { } line)
            _ = DoAsync(JsonSerializer.Deserialize<CallLine>(line, Lines.Form)!);

        await closed.CancelAsync();
        await Task.WhenAny(parts.DisposeAsync().AsTask(), Task.Delay(LongestEnd, TimeProvider.System));
        // What still runs ends with the process, and does not keep it.
        Environment.Exit(0);
        return 0;

        async Task DoAsync(CallLine line)
        {
            AnswerLine answer;
            try
            {
                var found = await Task.Run(() => line.RemoteCall.DoAnyAsync(parts, closed.Token));
                answer = new AnswerLine(line.Number, JsonSerializer.SerializeToElement(found, Lines.Form), Failure: null);
            }
#pragma warning disable CA1031 // The parent is told, whatever it was.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                answer = new AnswerLine(line.Number, Answer: null, exception.Message);
            }

            await oneAtATime.WaitAsync();
            await output.WriteLineAsync(JsonSerializer.Serialize(answer, Lines.Form));
            oneAtATime.Release();
        }
    }
}
