using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Locks.Coordinator.Storage;
using Locks.Storage.Relational;

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

    public static string Writes(IReadOnlyList<LockWrite> writes) => Rows(LockColumns.Table, writes);

    public static string Dequeued(IReadOnlyList<LockWrite> writes) => Array(json =>
    {
        foreach (var write in writes)
        {
            foreach (var ticket in write.Dequeued)
            {
                json.WriteStartObject();
                json.WriteString(WaiterColumns.LockId.Name, write.Id);
                json.WriteNumber(WaiterColumns.Ticket.Name, ticket);
                json.WriteEndObject();
            }
        }
    });

    public static string Enqueued(IReadOnlyList<LockWrite> writes) => Rows(
        WaiterColumns.Table, writes.SelectMany(write => write.Enqueued, (write, waiter) => new QueuedWaiter(write.Id, waiter)));

    public static string Attaching(IReadOnlyList<LockWrite> writes) => Array(json =>
    {
        foreach (var write in writes)
        {
            foreach (var lease in write.AttachesTo)
            {
                json.WriteStartObject();
                json.WriteString("lease_id", lease);
                json.WriteString("lock_id", write.Id);
                json.WriteEndObject();
            }
        }
    });

    public static string Leases(IReadOnlyList<LeaseWrite> writes) => Rows(LeaseColumns.Table, writes);

    private static string Rows<TRow>(Table<TRow> table, IEnumerable<TRow> rows) => Array(json =>
    {
        foreach (var row in rows)
        {
            json.WriteStartObject();
            foreach (var column in table.Input)
                Write(json, column.Name, column.ValueOf(row));
            json.WriteEndObject();
        }
    });

    private static void Write(Utf8JsonWriter json, string name, object? value)
    {
        switch (value)
        {
            case null:
                break;
            case Guid id:
                json.WriteString(name, id);
                break;
            case long number:
                json.WriteNumber(name, number);
                break;
            case string text:
                json.WriteString(name, text);
                break;
            case bool flag:
                json.WriteBoolean(name, flag);
                break;
            case DateTime time:
                json.WriteString(name, time.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'+00:00'", CultureInfo.InvariantCulture));
                break;
            case byte[] bytes:
                json.WriteString(name, Convert.ToHexString(bytes));
                break;
            default:
                throw new ArgumentException($"The column '{name}' has a value of the type {value.GetType()}, which JSON has no form for.");
        }
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
}
