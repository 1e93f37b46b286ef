using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Locks.TestKit;
using MassTransit;
using MassTransit.Serialization;
using Xunit;

namespace Locks.Contracts.Tests;

/// <summary>
/// The messages as other services see them. A change here breaks clients that are deployed already, unless it only adds an optional field.
/// </summary>
public sealed class WireFormatTests
{
    private static readonly JsonSerializerOptions OnTheWire = SystemTextJsonMessageSerializer.Options;
    private static readonly JsonSerializerOptions OnOneLine = new(OnTheWire) { WriteIndented = false };
    private static readonly NullabilityInfoContext Nullability = new();

    public static TheoryData<string> Messages => [.. Samples.All.Select(sample => sample.Type.Name)];

    [Fact]
    public void WireFormat_IsTheApprovedOne()
    {
        var text = new StringBuilder();
        foreach (var sample in Samples.All.OrderBy(sample => sample.Type.FullName, StringComparer.Ordinal))
            Describe(sample, text);

        Approved.Verify("tests/Locks.Contracts.Tests/Approved/wire-format.txt", text.ToString());
    }

    [Fact]
    public void EveryMessage_HasASample()
    {
        var messages = typeof(AcquireLock).Assembly.GetExportedTypes()
            .Where(type => type is not { IsAbstract: true, IsSealed: true })
            .Except(Samples.NoMessages)
            .Select(type => type.Name);

        Assert.Equal(messages.Order(StringComparer.Ordinal), Samples.All.Select(sample => sample.Type.Name).Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Messages))]
    public void WholeSample_LeavesNoFieldAtItsDefault(string message)
    {
        var sample = Find(message);

        Assert.All(sample.Type.GetProperties(), property =>
        {
            var standard = property.PropertyType.IsValueType ? Activator.CreateInstance(property.PropertyType) : null;
            Assert.NotEqual(standard, property.GetValue(sample.Whole));
        });
    }

    [Theory]
    [MemberData(nameof(Messages))]
    public void EveryMessage_IsReadAsItWasWritten(string message)
    {
        var sample = Find(message);

        AssertSame(sample.Whole, Read(sample.Type, JsonSerializer.Serialize(sample.Whole, sample.Type, OnTheWire)));
        AssertSame(sample.Least, Read(sample.Type, JsonSerializer.Serialize(sample.Least, sample.Type, OnTheWire)));
    }

    [Theory]
    [MemberData(nameof(Messages))]
    public void Message_FromAnOlderSender_IsReadWithoutItsOptionalFields(string message)
    {
        var sample = Find(message);
        var json = JsonSerializer.SerializeToNode(sample.Least, sample.Type, OnTheWire)!.AsObject();
        foreach (var optional in Optional(sample.Type))
            json.Remove(OnTheWire.PropertyNamingPolicy!.ConvertName(optional));

        AssertSame(sample.Least, Read(sample.Type, json.ToJsonString()));
    }

    [Theory]
    [MemberData(nameof(Messages))]
    public void Message_FromANewerSender_IsReadInSpiteOfUnknownFields(string message)
    {
        var sample = Find(message);
        var json = JsonSerializer.SerializeToNode(sample.Whole, sample.Type, OnTheWire)!.AsObject();
        json["fieldOfTheFuture"] = new JsonObject { ["a"] = 1 };

        AssertSame(sample.Whole, Read(sample.Type, json.ToJsonString()));
    }

    [Theory]
    [MemberData(nameof(Messages))]
    public void ToString_OfAnyMessage_DoesNotShowTheOwnerToken(string message) =>
        Assert.DoesNotContain(Samples.Secret, Find(message).Whole.ToString(), StringComparison.Ordinal);

    [Fact]
    public void ToString_OfMessagesWithAnAcquireId_ShowsTheAttemptIdInItsPlace()
    {
        object[] named =
        [
            .. Samples.All.Select(sample => sample.Whole).Where(message => message.GetType().GetProperty("AcquireId") is not null),
            new CohortMember(Guid.CreateVersion7(), FencingToken: 1),
        ];

        Assert.Equal(8, named.Length);
        Assert.All(named, message =>
        {
            var acquireId = (Guid)message.GetType().GetProperty("AcquireId")!.GetValue(message)!;
            Assert.DoesNotContain(acquireId.ToString(), message.ToString(), StringComparison.OrdinalIgnoreCase);
            Assert.True(
                message is ReleaseLock || message.ToString()!.Contains($"AttemptId = {AttemptId.Of(acquireId)}", StringComparison.Ordinal),
                message.ToString());
        });
    }

    [Fact]
    public void ToString_OfMessagesWithASecret_StillNamesTheKey()
    {
        var secretive = Samples.All.Where(sample => sample.Type.GetProperty("OwnerToken") is not null).ToArray();

        Assert.Equal(3, secretive.Length);
        Assert.All(secretive, sample => Assert.Contains("Key = orders/42", sample.Whole.ToString(), StringComparison.Ordinal));
    }

    // By their text, because lists are equal only to themselves.
    private static void AssertSame(object expected, object? actual) =>
        Assert.Equal(JsonSerializer.Serialize(expected, expected.GetType(), OnTheWire), JsonSerializer.Serialize(actual, expected.GetType(), OnTheWire));

    private static Sample Find(string message) => Samples.All.Single(sample => sample.Type.Name == message);

    private static object? Read(Type type, string json) => JsonSerializer.Deserialize(json, type, OnTheWire);

    private static IEnumerable<string> Optional(Type type) =>
        type.GetConstructors().Single().GetParameters().Where(parameter => parameter.HasDefaultValue).Select(parameter => parameter.Name!);

    private static void Describe(Sample sample, StringBuilder text)
    {
        text.Append(CultureInfo.InvariantCulture, $"{sample.Type.Name}\n  {MessageUrn.ForTypeString(sample.Type)}\n");
        var optional = Optional(sample.Type).ToHashSet();
        foreach (var property in sample.Type.GetProperties())
        {
            var type = TypeName.Of(property.PropertyType, Nullability.Create(property));
            var mark = optional.Contains(property.Name) ? ", optional" : "";
            text.Append(CultureInfo.InvariantCulture, $"  {property.Name}: {type}{mark}\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"  whole: {JsonSerializer.Serialize(sample.Whole, sample.Type, OnOneLine)}\n");
        if (optional.Count > 0)
            text.Append(CultureInfo.InvariantCulture, $"  least: {JsonSerializer.Serialize(sample.Least, sample.Type, OnOneLine)}\n");
        text.Append('\n');
    }
}
