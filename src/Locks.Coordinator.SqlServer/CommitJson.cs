using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Locks.Coordinator.Domain;
using Locks.Coordinator.EntityFrameworkCore;
using Locks.Coordinator.Storage;

namespace Locks.Coordinator.SqlServer;

/// <summary>Sets as the JSON that the statements read with OPENJSON. What is absent is null there.</summary>
internal static class CommitJson
{
    // Text goes to the database and nowhere else, so only what JSON itself demands is escaped.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Ids(IReadOnlyCollection<Guid> ids) => Array(json =>
    {
        foreach (var id in ids)
            json.WriteStringValue(id);
    });

    public static string Writes(IReadOnlyList<LockWrite> writes) => Array(json =>
    {
        foreach (var write in writes)
            Write(json, write);
    });

    public static string Dequeued(IReadOnlyList<LockWrite> writes) => Array(json =>
    {
        foreach (var write in writes)
        {
            foreach (var ticket in write.Dequeued)
            {
                json.WriteStartObject();
                json.WriteString("lock_id", write.Id);
                json.WriteNumber("ticket", ticket);
                json.WriteEndObject();
            }
        }
    });

    public static string Enqueued(IReadOnlyList<LockWrite> writes) => Array(json =>
    {
        foreach (var write in writes)
        {
            foreach (var waiter in write.Enqueued)
                Write(json, write.Id, waiter);
        }
    });

    public static string Attaching(IReadOnlyList<LockWrite> writes) => Array(json =>
    {
        foreach (var write in writes)
        {
            if (write.AttachesTo is not { } lease)
                continue;

            json.WriteStartObject();
            json.WriteString("lease_id", lease);
            json.WriteString("lock_id", write.Id);
            json.WriteEndObject();
        }
    });

    public static string Leases(IReadOnlyList<LeaseWrite> writes) => Array(json =>
    {
        foreach (var write in writes)
            Write(json, write);
    });

    private static void Write(Utf8JsonWriter json, LockWrite write)
    {
        var state = write.State;
        json.WriteStartObject();
        json.WriteString("id", write.Id);
        json.WriteNumber("expected_version", write.ExpectedVersion);
        json.WriteNumber("version", write.NewVersion);
        json.WriteString("key", state.Key);
        json.WriteString("state", state.Holder is null ? LockRow.Free : LockRow.Held);
        json.WriteNumber("last_fence", state.LastFence);
        json.WriteNumber("last_ticket", state.LastTicket);
        if (state.Holder is { } holder)
        {
            json.WriteString("holder_acquire_id", holder.AcquireId);
            json.WriteString("holder_owner", holder.Owner);
            json.WriteString("holder_token", holder.Token.Value);
            json.WriteNumber("holder_lease", Micros.Of(holder.Ttl));
            json.WriteString("holder_granted_at", Text(holder.GrantedAt));
            json.WriteString("holder_expires_at", Text(holder.ExpiresAt));
            json.WriteBoolean("holder_confirmed", holder.Stage != LockStage.Offered);
            if (holder.ClientId is { } clientId)
                json.WriteString("holder_client_id", clientId);
            if (holder.TellAt is { } tellAt)
                WriteReplyTo(json, "holder_tell_address", "holder_tell_request_id", tellAt);
            if (holder.Lease is { } lease)
                json.WriteString("holder_shared_lease_id", lease.Id);
            if (holder.ReleasedAt is { } releasedAt)
                json.WriteString("holder_released_at", Text(releasedAt));
            if (CohortFormat.Write(holder.Cohort) is { } cohort)
                json.WriteString("holder_cohort", Convert.ToHexString(cohort));
        }

        if (state.DueAt is { } dueAt)
            json.WriteString("due_at", Text(dueAt));
        if (write.ExpiryTokenId is { } timer)
            json.WriteString("expiry_token_id", timer);
        if (EndedAttemptsFormat.Write(state.Ended) is { } ended)
            json.WriteString("ended", Convert.ToHexString(ended));
        json.WriteString("written_at", Text(write.WrittenAt));
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, Guid lockId, Waiter waiter)
    {
        json.WriteStartObject();
        json.WriteString("lock_id", lockId);
        json.WriteNumber("ticket", waiter.Ticket);
        json.WriteString("acquire_id", waiter.AcquireId);
        json.WriteString("owner", waiter.Owner);
        json.WriteString("token", waiter.Token.Value);
        json.WriteNumber("lease", Micros.Of(waiter.Ttl));
        json.WriteString("queued_at", Text(waiter.QueuedAt));
        json.WriteString("deadline", Text(waiter.Deadline));
        if (waiter.ClientId is { } clientId)
            json.WriteString("client_id", clientId);
        WriteReplyTo(json, "reply_address", "reply_request_id", waiter.ReplyTo);
        if (waiter.Lease is { } lease)
            json.WriteString("shared_lease_id", lease.Id);
        json.WriteBoolean("may_join_cohort", waiter.MayJoinCohort);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, LeaseWrite write)
    {
        var state = write.State;
        json.WriteStartObject();
        json.WriteString("id", state.Id);
        json.WriteNumber("expected_version", write.ExpectedVersion);
        json.WriteNumber("version", write.NewVersion);
        json.WriteString("state", state.Stage.ToString());
        if (state.Grant is { } grant)
        {
            json.WriteString("owner", grant.Owner);
            if (grant.ClientId is { } clientId)
                json.WriteString("client_id", clientId);
            json.WriteNumber("ttl", Micros.Of(grant.Ttl));
            json.WriteString("granted_at", Text(grant.GrantedAt));
            json.WriteString("expires_at", Text(grant.ExpiresAt));
            if (grant.TellAt is { } tellAt)
                WriteReplyTo(json, "tell_address", "tell_request_id", tellAt);
        }

        if (state.End is { } end)
        {
            json.WriteString("end_reason", end.Reason);
            if (end.By is { } by)
                json.WriteString("ended_by", by);
            json.WriteString("ended_at", Text(end.At));
        }

        if (state.DueAt is { } dueAt)
            json.WriteString("due_at", Text(dueAt));
        if (write.DueTokenId is { } timer)
            json.WriteString("due_token_id", timer);
        json.WriteString("written_at", Text(write.WrittenAt));
        json.WriteEndObject();
    }

    private static void WriteReplyTo(Utf8JsonWriter json, string address, string request, ReplyTo replyTo)
    {
        json.WriteString(address, replyTo.Address.OriginalString);
        if (replyTo.RequestId is { } requestId)
            json.WriteString(request, requestId);
    }

    private static string Array(Action<Utf8JsonWriter> items)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartArray();
            items(json);
            json.WriteEndArray();
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    private static string Text(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'+00:00'", CultureInfo.InvariantCulture);
}
