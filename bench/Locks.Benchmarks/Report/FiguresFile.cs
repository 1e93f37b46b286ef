using System.Text.Json;
using System.Text.Json.Serialization;

namespace Locks.Benchmarks.Report;

/// <summary>The raw figures, for a program to read.</summary>
internal static class FiguresFile
{
    private static readonly JsonSerializerOptions Form = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter() },
        // A measurement in which nothing ended in time has no latency.
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    public static async Task WriteAsync(Figures figures, FileInfo file, CancellationToken cancellationToken)
    {
        await using var stream = file.Create();
        await JsonSerializer.SerializeAsync(stream, figures, Form, cancellationToken);
    }
}
