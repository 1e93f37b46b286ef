using System.Globalization;

namespace Locks.Server.Tests.Telemetry;

/// <summary>Attributes, as text.</summary>
internal sealed class ReceivedTags(IEnumerable<ProtoMessage> pairs)
{
    private readonly Dictionary<string, string> _values = pairs.ToDictionary(pair => pair.Text(1), pair => ValueOf(pair.One(2)));

    public string? this[string key] => _values.GetValueOrDefault(key);

    public IReadOnlyDictionary<string, string> All => _values;

    public override string ToString() => string.Join(' ', _values.Select(pair => $"{pair.Key}={pair.Value}"));

    private static string ValueOf(ProtoMessage value) =>
        value.Has(1) ? value.Text(1)
        : value.Has(2) ? (value.Integer(2) != 0).ToString()
        : value.Has(3) ? value.Integer(3).ToString(CultureInfo.InvariantCulture)
        : value.Double(4).ToString(CultureInfo.InvariantCulture);
}

/// <summary>A span.</summary>
internal sealed class ReceivedSpan(ReceivedTags resource, string scope, ProtoMessage span)
{
    private static readonly string[] Kinds = ["unspecified", "internal", "server", "client", "producer", "consumer"];

    public ReceivedTags Resource => resource;

    public string Scope => scope;

    public string TraceId { get; } = span.Hex(1);

    public string SpanId { get; } = span.Hex(2);

    public string ParentId { get; } = span.Hex(4);

    public string Name { get; } = span.Text(5);

    public string Kind { get; } = Kinds[span.Integer(6)];

    public TimeSpan Duration { get; } = TimeSpan.FromTicks((span.Integer(8) - span.Integer(7)) / 100);

    public long Start { get; } = span.Integer(7);

    public ReceivedTags Tags { get; } = new(span.All(9));

    public IReadOnlyList<(string Name, TimeSpan After)> Events { get; } =
        [.. span.All(11).Select(happened => (happened.Text(2), TimeSpan.FromTicks((happened.Integer(1) - span.Integer(7)) / 100)))];

    public IReadOnlyList<(string TraceId, string SpanId)> Links { get; } = [.. span.All(13).Select(link => (link.Hex(1), link.Hex(2)))];
}

/// <summary>A metric with its points.</summary>
internal sealed class ReceivedMetric(ReceivedTags resource, string scope, ProtoMessage metric)
{
    public ReceivedTags Resource => resource;

    public string Scope => scope;

    public string Name { get; } = metric.Text(1);

    public string Unit { get; } = metric.Text(3);

    public string Kind { get; } = metric.Has(9) ? "histogram" : metric.Has(7) ? "sum" : "gauge";

    /// <summary>The value of each point, of a histogram how many values it has, by its tags.</summary>
    public IReadOnlyList<(ReceivedTags Tags, double Value)> Points { get; } = metric.Has(9)
        ? [.. metric.One(9).All(1).Select(point => (new ReceivedTags(point.All(9)), (double)point.Integer(4)))]
        : [.. metric.One(metric.Has(7) ? 7 : 5).All(1).Select(point => (new ReceivedTags(point.All(7)), ValueOf(point)))];

    private static double ValueOf(ProtoMessage point) => point.Has(4) ? point.Double(4) : point.Integer(6);
}

/// <summary>A record of the log.</summary>
internal sealed class ReceivedLog(ReceivedTags resource, string scope, ProtoMessage log)
{
    public ReceivedTags Resource => resource;

    /// <summary>The category.</summary>
    public string Scope => scope;

    public string Severity { get; } = log.Text(3);

    public string Body { get; } = log.One(5).Text(1);

    public ReceivedTags Tags { get; } = new(log.All(6));

    public string EventName { get; } = log.Text(12);
}
