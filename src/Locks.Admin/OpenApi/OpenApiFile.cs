using System.Reflection;
using System.Text.Json.Nodes;

namespace Locks.Admin.OpenApi;

/// <summary>
/// The description of the API at <c>openapi/v1.json</c>. It is a file: one that is made while the application runs would follow the
/// application's own settings for JSON, which the API does not. A test makes it from the endpoints, and compares.
/// </summary>
internal static class OpenApiFile
{
    // Given in the project file.
    private const string Name = $"openapi/{AdminApi.Version}.json";

    private const string Json = "application/json";

    private static readonly JsonNode Description = Read();

    public static IEndpointConventionBuilder MapOpenApiFile(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapGet(Name, static (HttpRequest request) => TypedResults.Text(DescriptionAt(request), Json)).ExcludeFromDescription();

    private static string DescriptionAt(HttpRequest request)
    {
        var path = (request.PathBase + request.Path).ToUriComponent();
        var root = path[..path.LastIndexOf($"/{Name}", StringComparison.OrdinalIgnoreCase)];
        if (root.Length == 0)
            return Description.ToJsonString();

        var moved = Description.DeepClone();
        moved["servers"] = new JsonArray(new JsonObject { ["url"] = root });
        return moved.ToJsonString();
    }

    private static JsonNode Read()
    {
        using var file = Assembly.GetExecutingAssembly().GetManifestResourceStream(Name)!;
        return JsonNode.Parse(file)!;
    }
}
