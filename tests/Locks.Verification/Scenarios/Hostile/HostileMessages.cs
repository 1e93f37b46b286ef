using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Locks.Verification.Scenarios.Hostile;

/// <summary>
/// Makes messages up: malformed, oversized, deeply nested, with values of wrong types and absurd ones, and with guessed secrets of others.
/// A lock that one of them gets is held for 200 ms.
/// </summary>
/// <param name="random">Chooses.</param>
/// <param name="replyTo">Where answers are read.</param>
/// <param name="foreign">Addresses of others, to which an answer may be sent.</param>
internal sealed class HostileMessages(Random random, Uri replyTo, IReadOnlyList<string> foreign)
{
    private const string Envelope = "application/vnd.masstransit+json";
    private const string Own = "application/vnd.locks.message+json";
    private const string Batch = "application/vnd.locks.commands+json";
    private const int Large = 300_000;

    private static readonly string[] Texts =
    [
        "", " ", "a", "\0", "key-0", "' OR 1=1 --", "\u202egnp.exe", "../../etc/passwd", "{{7*7}}", "%n%s", "\uffff\ufffe", "locks-0",
        "\r\n\r\n",
        new string('x', 513), new string('é', 257), "\ud83d\ude00", "NULL", "true", "0", "{}", "[]", "<a/>",
    ];

    private static readonly string[] Times =
    [
        "\"00:00:00\"", "\"-00:00:01\"", "\"00:00:00.0000001\"", "\"10675199.02:48:05.4775807\"", "\"99999999999999999999\"",
        "\"24:00:01\"", "\"a while\"", "0", "-1", "1e400", "9223372036854775808", "null", "true", "[]", "{}", "\"\"", "\"00:00:00.2\"",
    ];

    private static readonly string[] Numbers =
    [
        "0", "-1", "9223372036854775807", "9223372036854775808", "-9223372036854775808", "1e308", "1e400", "0.5", "\"7\"", "null",
        "[]", "\"\"",
    ];

    private static readonly string[] Commands =
    [
        "AcquireLock", "RenewLock", "ReleaseLock", "CancelAcquire", "ConfirmGrant", "CancelWaiter", "GrantLease", "RenewLease",
        "RevokeLease", "DescribeLease", "LeaseExpired", "LeaseDue", "DescribeLock", "ListLocks", "ListLeases", "Nothing",
    ];

    /// <summary>Makes the next one.</summary>
    /// <param name="number">Its number, which an answer names.</param>
    public HostileMessage Next(int number) => random.Next(8) switch
    {
        0 => Noise(),
        1 => Truncated(number),
        2 => Nested(number),
        3 => Oversized(number),
        4 => BatchOf(number),
        _ => Single(number),
    };

    /// <summary>The id of a request by its number.</summary>
    public static Guid IdOf(int number) => new(number, 0x4a4b, 0x7000, 0x80, 0, 0, 0, 0, 0, 0, 1);

    private HostileMessage Noise()
    {
        var bytes = new byte[random.Next(0, 400)];
        random.NextBytes(bytes);
        return new(Queue(), Pick(Envelope, Own, Batch, "text/plain", ""), bytes, IsAnswered: false);
    }

    private HostileMessage Truncated(int number)
    {
        var whole = Encoding.UTF8.GetBytes(Wrap("AcquireLock", number, Fields(), $"\"{replyTo}\""));
        return new(Queue(), Pick(Envelope, Own, Batch), whole[..random.Next(whole.Length)], IsAnswered: false);
    }

    private HostileMessage Nested(int number)
    {
        var depth = random.Next(65, 20_000);
        var nest = new string('[', depth) + new string(']', depth);
        var body = random.Next(2) == 0 ? nest : Wrap("AcquireLock", number, $"\"key\":{nest}", $"\"{replyTo}\"");
        return new(Queue(), Pick(Envelope, Own, Batch), Encoding.UTF8.GetBytes(body), IsAnswered: false);
    }

    private HostileMessage Oversized(int number)
    {
        var text = new string('x', Large);
        var fields = $"\"key\":\"{text}\",\"acquireId\":\"{IdOf(number)}\",\"owner\":\"me\",\"lease\":\"00:00:01\"";
        var body = Wrap("AcquireLock", number, fields, $"\"{replyTo}\"");
        return new("", Envelope, Encoding.UTF8.GetBytes(body), IsAnswered: true);
    }

    private HostileMessage BatchOf(int number)
    {
        var commands = string.Join(",", Enumerable.Range(0, random.Next(0, 200)).Select(_ => Command()));
        var to = Pick($"\"{replyTo}\"", $"\"{Pick([.. foreign])}\"", "\"\"", "null", "7", "\"http://example.invalid/\"");
        var body = $"{{\"batchId\":\"{IdOf(number)}\",\"replyTo\":{to},\"commands\":[{commands}]}}";
        return new(Pick("", "-0", "-1"), Batch, Encoding.UTF8.GetBytes(body), IsAnswered: false);

        string Command() => Pick(
            "{}",
            "null",
            "7",
            "{\"unknown\":{\"key\":\"a\"}}",
            $"{{\"acquire\":{{{Fields()}}}}}",
            $"{{\"requestId\":\"{Guid.CreateVersion7()}\",\"release\":{{{Fields()}}}}}",
            $"{{\"requestId\":\"{Guid.CreateVersion7()}\",\"renew\":{{{Fields()}}}}}");
    }

    private HostileMessage Single(int number)
    {
        var command = Pick(Commands);
        var isQuery = command.StartsWith("Describe", StringComparison.Ordinal) || command.StartsWith("List", StringComparison.Ordinal);
        var elsewhere = Pick("null", "7", "\"\"", "\"nonsense\"", "\"http://example.invalid/\"", $"\"{Pick([.. foreign])}\"");
        var to = random.Next(3) == 0 ? elsewhere : $"\"{replyTo}\"";
        var body = Encoding.UTF8.GetBytes(Wrap(command, number, Fields(), to));
        return new(isQuery ? "-queries" : Pick("", "", "-0"), Envelope, body, IsAnswered: false);
    }

    /// <summary>Fields of all commands, each with a value that may be right.</summary>
    private string Fields() => string.Join(",", new (string Name, string Value)[]
    {
        ("key", Text()),
        ("acquireId", Id()),
        ("owner", Text()),
        ("lease", Pick(Times)),
        ("ttl", Pick(Times)),
        ("wait", Pick([.. Times, "null", "null", "null"])),
        ("leaseId", Pick(Id(), "null", "null")),
        ("clientId", Pick(Text(), "null")),
        ("ownerToken", Pick(Text(), "\"c2VjcmV0LXNlY3JldC1zZWNy\"")),
        ("cooldown", Pick([.. Times, "null"])),
        ("fencingToken", Pick(Numbers)),
        ("attemptId", Id()),
        ("by", Text()),
        ("limit", Pick(Numbers)),
        ("prefix", Text()),
        ("notifyQueued", Pick("true", "7", "\"yes\"")),
        ("extra", Pick("{\"a\":[1,2,{}]}", "null")),
    }.Where(_ => random.Next(12) > 0).Select(field => $"\"{field.Name}\":{field.Value}"));

    private string Text() => random.Next(3) == 0
        ? Pick("null", "7", "{}", "\"half: \\ud800\"")
        : JsonSerializer.Serialize(Pick(Texts));

    private string Id() => Pick(
        $"\"{Guid.CreateVersion7()}\"", $"\"{Guid.CreateVersion7()}\"", $"\"{Guid.Empty}\"", "\"no id\"", "7", "null", "\"\"");

    private string Queue() => Pick("", "-0", "-1", "-queries");

    private static string Wrap(string command, int number, string fields, string replyTo) => string.Create(
        CultureInfo.InvariantCulture,
        $"{{\"messageId\":\"{IdOf(number)}\",\"requestId\":\"{IdOf(number)}\",\"responseAddress\":{replyTo},\"faultAddress\":{replyTo},"
            + $"\"messageType\":[\"urn:message:Locks.Contracts:{command}\"],\"message\":{{{fields}}}}}");

    private T Pick<T>(params T[] choices) => choices[random.Next(choices.Length)];
}
