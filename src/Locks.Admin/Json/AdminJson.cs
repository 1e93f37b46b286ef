using System.Text.Json;
using System.Text.Json.Serialization;

namespace Locks.Admin.Json;

/// <summary>How everything of the admin API is written: pinned by an approval file.</summary>
internal static class AdminJson
{
    /// <summary>The options of every answer and every body.</summary>
    public static JsonSerializerOptions Options { get; } = Create();

    /// <summary>Gives options the API's form.</summary>
    public static void Configure(JsonSerializerOptions options)
    {
        options.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.Converters.Add(new MillisecondsConverter());
        options.Converters.Add(new InstantConverter());
    }

    private static JsonSerializerOptions Create()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web);
        Configure(options);
        // A field that there is not is a typing error of the sender's.
        options.AllowDuplicateProperties = false;
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }
}
