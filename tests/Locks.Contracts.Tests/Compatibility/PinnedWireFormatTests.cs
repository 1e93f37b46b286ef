using System.Text.Json;
using System.Text.Json.Nodes;
using Locks.TestKit;
using MassTransit;
using MassTransit.Serialization;
using Xunit;

namespace Locks.Contracts.Tests.Compatibility;

/// <summary>
/// What older versions send is read, and what is sent to them has all that they know. Each file in <c>Pinned</c> is the wire format of a
/// version that may be deployed: it is never changed, and a new one comes with each release.
/// </summary>
public sealed class PinnedWireFormatTests
{
    private static readonly JsonSerializerOptions OnTheWire = SystemTextJsonMessageSerializer.Options;

    private static readonly IReadOnlyList<PinnedMessage> Pinned = [.. ReadPinned()];

    public static TheoryData<string, string> Messages =>
        [.. Pinned.Select(message => new TheoryDataRow<string, string>(message.Version, message.Name))];

    [Theory]
    [MemberData(nameof(Messages))]
    public void AMessageOfAnOlderVersion_KeepsItsName(string version, string name) => Assert.NotNull(TypeOf(Find(version, name)));

    [Theory]
    [MemberData(nameof(Messages))]
    public void AMessageOfAnOlderVersion_IsReadWhole_AndIsWrittenWithAllThatItHad(string version, string name)
    {
        var pinned = Find(version, name);
        foreach (var json in pinned.Bodies)
        {
            var read = JsonSerializer.Deserialize(json, TypeOf(pinned)!, OnTheWire);
            PinnedJson.AssertKept(JsonNode.Parse(json), JsonSerializer.SerializeToNode(read, TypeOf(pinned)!, OnTheWire), name);
        }
    }

    [Theory]
    [MemberData(nameof(Messages))]
    public void AField_ThatAnOlderVersionDoesNotSend_IsOptional(string version, string name)
    {
        var pinned = Find(version, name);
        var required = TypeOf(pinned)!.GetConstructors().Single().GetParameters()
            .Where(parameter => !parameter.HasDefaultValue)
            .Select(parameter => parameter.Name!);

        Assert.Subset(pinned.RequiredFields.ToHashSet(), required.ToHashSet());
    }

    [Fact]
    public void TheNewestPinnedVersion_HasEveryMessage() =>
        Assert.Superset(
            Samples.All.Select(sample => sample.Type.Name).ToHashSet(),
            Pinned.Select(message => message.Name).ToHashSet());

    private static Type? TypeOf(PinnedMessage message) =>
        Samples.All.SingleOrDefault(sample => MessageUrn.ForTypeString(sample.Type) == message.Urn)?.Type;

    private static PinnedMessage Find(string version, string name) =>
        Pinned.Single(message => message.Version == version && message.Name == name);

    private static IEnumerable<PinnedMessage> ReadPinned() =>
        from file in Directory.EnumerateFiles(Repository.PathOf("tests/Locks.Contracts.Tests/Pinned"), "wire-format-*.txt")
        from block in File.ReadAllText(file).ReplaceLineEndings("\n").Split("\n\n", StringSplitOptions.RemoveEmptyEntries)
        select PinnedMessage.Parse(Path.GetFileNameWithoutExtension(file)["wire-format-".Length..], block);

    /// <summary>One message of one version, as <see cref="WireFormatTests"/> describes it.</summary>
    private sealed record PinnedMessage(
        string Version, string Name, string Urn, IReadOnlyList<string> RequiredFields, IReadOnlyList<string> Bodies)
    {
        public static PinnedMessage Parse(string version, string block)
        {
            var lines = block.Trim('\n').Split('\n').Select(line => line.Trim()).ToList();
            var bodies = lines.Where(line => line.StartsWith("whole: ", StringComparison.Ordinal)
                || line.StartsWith("least: ", StringComparison.Ordinal)).ToList();
            var fields = lines.Skip(2).Except(bodies);
            return new PinnedMessage(
                version,
                lines[0],
                lines[1],
                [.. fields.Where(field => !field.EndsWith(", optional", StringComparison.Ordinal)).Select(field => field.Split(':')[0])],
                [.. bodies.Select(body => body["whole: ".Length..])]);
        }
    }
}
