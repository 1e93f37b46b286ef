using System.Text.Json;
using Locks.Contracts;
using Locks.Contracts.Catalogue;

namespace Locks.Transport.Batches;

/// <summary>Reads <see cref="LockReplies"/>, as <see cref="CommandsReader"/> reads commands.</summary>
internal static class RepliesReader
{
    private static readonly MessageFields<BatchedReplyType> Fields = MessageFields.Of<LockReply, BatchedReplyType>(
        ReplyCatalogue.Batched, type => type.MessageType);

    public static LockReplies Read(ReadOnlySpan<byte> utf8)
    {
        var json = new Utf8JsonReader(utf8);
        var (replies, completed, partitions) = ((List<LockReply>?)null, (List<Guid>?)null, (int?)null);
        CoordinatorProblem? problem = null;
        if (!json.Object())
            throw new JsonException("A batch was expected, not null.");
        while (json.Next())
        {
            if (json.ValueTextEquals("replies"u8))
                replies = ReadReplies(ref json);
            else if (json.ValueTextEquals("completed"u8))
                completed = json.Value(BatchJson.Default.ListGuid);
            else if (json.ValueTextEquals("partitions"u8))
                partitions = json.Value(BatchJson.Default.NullableInt32);
            else if (json.ValueTextEquals("problem"u8))
                problem = json.Value(BatchJson.Default.CoordinatorProblem);
            else
                json.SkipField();
        }

        return new LockReplies(replies!, completed, partitions, problem);
    }

    private static List<LockReply>? ReadReplies(ref Utf8JsonReader json)
    {
        if (!json.Array())
            return null;

        var replies = new List<LockReply>();
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
            replies.Add(json.TokenType == JsonTokenType.Null ? null! : ReadReply(ref json));
        return replies;
    }

    private static LockReply ReadReply(ref Utf8JsonReader json)
    {
        if (json.TokenType != JsonTokenType.StartObject)
            throw new JsonException("A reply was expected.");

        Guid? requestId = null;
        LockAcquired? acquired = null;
        LockReleased? released = null;
        LockRenewed? renewed = null;
        LockReply? rare = null;
        while (json.Next())
        {
            if (json.ValueTextEquals("acquired"u8))
                acquired = ReadAcquired(ref json);
            else if (json.ValueTextEquals("requestId"u8))
                requestId = json.IdOrNull();
            else if (json.ValueTextEquals("released"u8))
                released = ReadReleased(ref json);
            else if (json.ValueTextEquals("renewed"u8))
                renewed = ReadRenewed(ref json);
            else if (Fields.TryRead(ref json, out var type, out var message))
                rare = message is null ? rare : type.Wrap(message, requestId: null);
            else
                json.SkipField();
        }

        return rare is null
            ? new LockReply { RequestId = requestId, Acquired = acquired, Released = released, Renewed = renewed }
            : rare with { RequestId = requestId, Acquired = acquired, Released = released, Renewed = renewed };
    }

    private static LockAcquired? ReadAcquired(ref Utf8JsonReader json)
    {
        if (!json.Object())
            return null;

        var (key, token) = ((string?)null, (string?)null);
        var (acquireId, fence, lease) = (Guid.Empty, 0L, TimeSpan.Zero);
        IReadOnlyList<CohortMember>? cohort = null;
        var othersWait = false;
        while (json.Next())
        {
            if (json.ValueTextEquals("key"u8))
                key = json.Text();
            else if (json.ValueTextEquals("acquireId"u8))
                acquireId = json.Id();
            else if (json.ValueTextEquals("ownerToken"u8))
                token = json.Text();
            else if (json.ValueTextEquals("fencingToken"u8))
                fence = json.Number();
            else if (json.ValueTextEquals("lease"u8))
                lease = json.Time();
            else if (json.ValueTextEquals("cohort"u8))
                cohort = json.Value(BatchJson.Default.IReadOnlyListCohortMember);
            else if (json.ValueTextEquals("othersWait"u8))
                othersWait = json.Value(BatchJson.Default.Boolean);
            else
                json.SkipField();
        }

        return new LockAcquired(key!, acquireId, token!, fence, lease, cohort, othersWait);
    }

    private static LockReleased? ReadReleased(ref Utf8JsonReader json)
    {
        if (!json.Object())
            return null;

        var (key, fence) = ((string?)null, 0L);
        while (json.Next())
        {
            if (json.ValueTextEquals("key"u8))
                key = json.Text();
            else if (json.ValueTextEquals("fencingToken"u8))
                fence = json.Number();
            else
                json.SkipField();
        }

        return new LockReleased(key!, fence);
    }

    private static LockRenewed? ReadRenewed(ref Utf8JsonReader json)
    {
        if (!json.Object())
            return null;

        var (key, fence, lease) = ((string?)null, 0L, TimeSpan.Zero);
        while (json.Next())
        {
            if (json.ValueTextEquals("key"u8))
                key = json.Text();
            else if (json.ValueTextEquals("fencingToken"u8))
                fence = json.Number();
            else if (json.ValueTextEquals("lease"u8))
                lease = json.Time();
            else
                json.SkipField();
        }

        return new LockRenewed(key!, fence, lease);
    }
}
