using Locks.TestKit;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.Serialization;

namespace Locks.Server.Tests.Deployment;

/// <summary>A value in a YAML file: a map, a list or a text. What is not there is an empty one.</summary>
internal sealed class Yaml
{
    private readonly object? _value;

    private Yaml(object? value) => _value = value;

    /// <summary>The value of a map, by its keys from the outside in; list entries by their index.</summary>
    public Yaml this[params object[] path] => path.Aggregate(this, static (value, key) => new Yaml(value._value switch
    {
        Dictionary<object, object?> map => map.GetValueOrDefault(key),
        List<object?> list when key is int index => list[index],
        _ => null,
    }));

    /// <summary>Whether there is anything.</summary>
    public bool Exists => _value is not null;

    /// <summary>The text, or the empty one.</summary>
    public string Text => _value as string ?? "";

    /// <summary>The whole number.</summary>
    public int Number => int.Parse(Text, null);

    /// <summary>The entries of a list.</summary>
    public IEnumerable<Yaml> Items => _value is List<object?> list ? list.Select(item => new Yaml(item)) : [];

    /// <summary>The entries of a map.</summary>
    public IEnumerable<(string Key, Yaml Value)> Entries =>
        _value is Dictionary<object, object?> map ? map.Select(entry => ((string)entry.Key, new Yaml(entry.Value))) : [];

    /// <summary>The documents of a file of the repository, with merge keys and anchors resolved.</summary>
    public static IReadOnlyList<Yaml> Read(string file)
    {
        using var text = new StreamReader(Repository.PathOf(file));
        var parser = new MergingParser(new Parser(text));
        var deserializer = new DeserializerBuilder().Build();
        var documents = new List<Yaml>();
        parser.Consume<StreamStart>();
        while (parser.Accept<DocumentStart>(out _))
            documents.Add(new Yaml(deserializer.Deserialize(parser)));
        return documents;
    }
}
