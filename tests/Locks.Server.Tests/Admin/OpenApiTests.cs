using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Locks.TestKit;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Locks.Server.Tests.Admin;

/// <summary>The description of the API.</summary>
public sealed class OpenApiTests(AdminFixture fixture) : IClassFixture<AdminFixture>
{
    private static readonly JsonSerializerOptions Indented = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    [Fact(Timeout = 60_000)]
    public async Task TheDescription_IsTheApprovedOne() =>
        Approved.Verify("tests/Locks.Server.Tests/Approved/openapi.json", (await ReadAsync()).ToJsonString(Indented));

    [Fact(Timeout = 60_000)]
    public async Task EachOperation_Parameter_AndProperty_IsDescribed()
    {
        var document = await ReadAsync();

        var missing = new List<string>();
        foreach (var (path, operations) in document["paths"]!.AsObject())
        {
            foreach (var (method, operation) in operations!.AsObject())
            {
                if (operation!["summary"] is null)
                    missing.Add($"{method} {path}");
                foreach (var parameter in operation["parameters"]?.AsArray() ?? [])
                {
                    if (parameter!["description"] is null)
                        missing.Add($"{method} {path}?{parameter["name"]}");
                }
            }
        }

        foreach (var (name, schema) in document["components"]!["schemas"]!.AsObject().Where(entry => !entry.Key.Contains("ProblemDetails")))
        {
            foreach (var (property, described) in schema!["properties"]?.AsObject() ?? [])
            {
                if (described!["description"] is null)
                    missing.Add($"{name}.{property}");
            }
        }

        Assert.NotEmpty(document["paths"]!.AsObject());
        Assert.Empty(missing);
    }

    [Fact(Timeout = 60_000)]
    public async Task EachPath_ThatTheServerHas_IsInIt()
    {
        var described = (await ReadAsync())["paths"]!.AsObject().Select(path => path.Key);

        var mapped = fixture.Server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Select(endpoint => "/" + endpoint.RoutePattern.RawText!.TrimStart('/'))
            .Where(path => path.StartsWith("/api/", StringComparison.Ordinal));

        Assert.Equal(mapped.Distinct().Order(), described.Order());
    }

    private async Task<JsonNode> ReadAsync() => JsonNode.Parse((await fixture.Client.GetAsync("/openapi/v1.json")).Body)!;
}
