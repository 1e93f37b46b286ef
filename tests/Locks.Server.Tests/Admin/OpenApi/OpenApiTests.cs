using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Locks.Admin;
using Locks.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Locks.Server.Tests.Admin.OpenApi;

/// <summary>The description of the API is a file, and says what the endpoints do.</summary>
public sealed class OpenApiTests
{
    private static readonly JsonSerializerOptions Indented = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    [Fact(Timeout = 60_000)]
    public async Task TheFile_IsWhatTheEndpointsSay()
    {
        await using var host = await AdminHost.StartAsync(
            services => services.AddLocksAdmin().AddAdminOpenApi(),
            app =>
            {
                app.MapLocksAdmin(prefix: "");
                app.MapOpenApi("/made/{documentName}.json");
            });
        var made = JsonNode.Parse((await host.Client.GetAsync($"/made/{AdminApi.Version}.json")).Body)!;

        Approved.Verify("src/Locks.Admin/OpenApi/v1.json", made.ToJsonString(Indented));
        Assert.Equal(made.ToJsonString(), (await host.Client.GetAsync("/openapi/v1.json")).Body);
        Assert.Equal(
            made["paths"]!.AsObject().Select(path => path.Key).Order(StringComparer.Ordinal),
            host.Paths.Where(path => path.StartsWith("/api/", StringComparison.Ordinal)).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void EachOperation_Parameter_AndProperty_IsDescribed()
    {
        var document = JsonNode.Parse(File.ReadAllText(Repository.PathOf("src/Locks.Admin/OpenApi/v1.json")))!;

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
}
