using System.Security.Cryptography;
using System.Text;

namespace Locks.Simulation.Running;

/// <summary>
/// What happened, in words. Ids are named by the order in which they were first seen, so that two runs of one plan have the same text.
/// </summary>
internal sealed class EventLog : IDisposable
{
    private readonly Dictionary<Guid, string> _names = [];
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly List<string>? _lines;

    /// <param name="keepsLines">Whether the lines are kept, and not only their hash.</param>
    public EventLog(bool keepsLines) => _lines = keepsLines ? [] : null;

    /// <summary>The lines, where they are kept.</summary>
    public IReadOnlyList<string> Lines => _lines ?? [];

    /// <summary>How many lines were written.</summary>
    public long Count { get; private set; }

    /// <summary>Writes a line.</summary>
    public void Write(TimeSpan now, string who, string what)
    {
        var line = $"{now.TotalSeconds,12:0.000000}  {who,-15} {what}";
        _hash.AppendData(Encoding.UTF8.GetBytes(line));
        _lines?.Add(line);
        Count++;
    }

    /// <summary>The name of an attempt or a batch.</summary>
    public string NameOf(Guid? id)
    {
        if (id is not { } known)
            return "-";
        if (!_names.TryGetValue(known, out var name))
            _names.Add(known, name = $"#{_names.Count + 1}");
        return name;
    }

    /// <summary>The hash of all lines, as hexadecimal digits.</summary>
    public string Hash() => Convert.ToHexStringLower(_hash.GetCurrentHash());

    public void Dispose() => _hash.Dispose();
}
