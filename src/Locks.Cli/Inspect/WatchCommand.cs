using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Locks.Cli.CommandLine;
using Locks.Cli.Connection;
using Locks.Cli.Output;
using Locks.Client;
using Locks.Contracts;
using Spectre.Console;

namespace Locks.Cli.Inspect;

/// <summary><c>locks watch</c>: looks at one lock, or at several, again and again.</summary>
internal sealed class WatchCommand : ClientCommand
{
    // The console's own way would erase what the person can scroll back to.
    private const string HomeAndErase = "\e[H\e[J";

    private static readonly TimeSpan DefaultInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ShortestInterval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestInterval = TimeSpan.FromHours(1);

    private static readonly string Range = $"{Duration.Format(ShortestInterval)} and {Duration.Format(LongestInterval)}";

    private readonly Argument<string?> _key = new("KEY")
    {
        Description = "The lock's key; without it, the locks that the options select",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly LockFilter _filter = new();

    private readonly DurationOption _interval = new(
        "--interval", $"How often to look (default {Duration.Format(DefaultInterval)})", CheckInterval);

    private readonly JsonOption _json = new();

    public WatchCommand(ToolEnvironment environment, ConnectionOptions connection)
        : base(
            "watch", "Shows locks as they change, until Ctrl-C; in a pipe, a line for each change", environment, connection,
            new Example("locks watch folder:/a/b", "one lock"),
            new Example("locks watch --prefix folder:", "all whose keys begin so"),
            new Example("locks watch --prefix folder: --json", "a line for each change, for scripts"))
    {
        Arguments.Add(_key);
        _filter.AddTo(this);
        Options.Add(_interval);
        Options.Add(_json);
        Validators.Add(CheckKey);
    }

    protected override async Task<int> RunAsync(ParseResult parsed, ILockClient client, CancellationToken cancellationToken)
    {
        var interval = parsed.GetValue(_interval) ?? DefaultInterval;
        var isRedrawn = Environment.IsOutputTerminal && !parsed.GetValue(_json);
        IReadOnlyDictionary<string, LockSummary> before = new Dictionary<string, LockSummary>();
        var console = ToolConsole.Create(Environment);
        try
        {
            while (true)
            {
                var now = await LookAsync(parsed, client, cancellationToken).ConfigureAwait(false);
                if (isRedrawn)
                    Redraw(console, now.Values);
                else
                    WriteChanges(LockChanges.Between(before, now), parsed.GetValue(_json));
                before = now;
                await Task.Delay(interval, Environment.Time, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Ctrl-C is how a person ends it.
            return ExitCodes.Done;
        }
    }

    private async Task<IReadOnlyDictionary<string, LockSummary>> LookAsync(
        ParseResult parsed, ILockClient client, CancellationToken cancellationToken)
    {
        if (parsed.GetValue(_key) is { } key)
        {
            var found = await client.DescribeAsync(key, cancellationToken).ConfigureAwait(false);
            var longest = found.Queue.Count > 0 ? found.Queue.Max(waiter => waiter.WaitedFor) : (TimeSpan?)null;
            return new Dictionary<string, LockSummary> { [key] = new(key, found.State, found.Holder, found.Waiters, longest) };
        }

        var all = new Dictionary<string, LockSummary>();
        await foreach (var found in client.ListAsync(_filter.Read(parsed), cancellationToken).ConfigureAwait(false))
            all[found.Key] = found;
        return all;
    }

    private void WriteChanges(IEnumerable<LockSummary> changes, bool asJson)
    {
        var time = Environment.Time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        foreach (var changed in changes)
        {
            var (key, owner) = (Printable.Of(changed.Key), Printable.Of(changed.Holder?.Owner ?? "-"));
            Environment.Output.WriteLine(asJson
                ? ToolJson.Write(changed)
                : string.Create(CultureInfo.InvariantCulture, $"{time}  {key}  {changed.State}  {owner}  {changed.Waiters} waiting"));
        }

        Environment.Output.Flush();
    }

    private static void Redraw(IAnsiConsole console, IEnumerable<LockSummary> locks)
    {
        console.Write(new ControlCode(HomeAndErase));
        // What does not fit would scroll the top away.
        console.Write(LockTable.Create(locks.Take(Math.Max(1, console.Profile.Height - 2))));
    }

    private static ValidationError? CheckInterval(TimeSpan interval) => interval >= ShortestInterval && interval <= LongestInterval
        ? null
        : new ValidationError("Interval", $"is {Duration.Format(interval)}; it must be between {Range}");

    private void CheckKey(CommandResult result)
    {
        if (result.GetValue(_key) is { } key && LockLimits.CheckKey(key) is { } wrong)
            result.AddError($"KEY {wrong.Problem}");
    }
}
