using Locks.Admin;
using Locks.Admin.Json;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace Locks.Server.Tests.Admin.OpenApi;

/// <summary>
/// Makes the description of the API from its endpoints. The words are those of the documentation comments, which the records of the messages bring
/// along; this adds what they can't say.
/// </summary>
internal static class AdminOpenApi
{
    private const string KeyScheme = "key";

    public static void AddAdminOpenApi(this IServiceCollection services)
    {
        services.ConfigureHttpJsonOptions(static json => AdminJson.Configure(json.SerializerOptions));
        services.AddOpenApi(AdminApi.Version, static options =>
        {
            options.ShouldInclude = static api => $"/{api.RelativePath}".StartsWith(AdminApi.Path, StringComparison.Ordinal);
            options.AddDocumentTransformer(static (document, _, _) => DescribeAsync(document));
            options.AddOperationTransformer(static (operation, context, cancellationToken) =>
                OperationDetails.AddAsync(operation, context, cancellationToken));
            options.AddSchemaTransformer(static (schema, context, _) => DescribeAsync(schema, context));
        });
    }

    private static Task DescribeAsync(OpenApiDocument document)
    {
        document.Info = new OpenApiInfo
        {
            Title = "Locks admin API",
            Version = AdminApi.Version,
            Description =
                """
                Who holds which lock, who waits for it, and what an operator can do about it.
                Durations are whole milliseconds, instants are in UTC, and what is absent is left out.
                """,
        };
        // Where it is asked is where it is.
        document.Servers = [];
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
        {
            [KeyScheme] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                Description = """A key of Locks:Admin:ReadKeys or Locks:Admin:WriteKeys. Where none is configured, this machine needs none.""",
            },
        };
        if (document.Components.Schemas?.TryGetValue(nameof(ProblemDetails), out var problem) is true && problem is OpenApiSchema described)
            Describe(described);
        SchemaDetails.Add(document);
        document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(KeyScheme, document)] = [] }];
        return Task.CompletedTask;
    }

    // What the type does not have: the sentences by field, of a bad request.
    private static void Describe(OpenApiSchema problem)
    {
        problem.Description = """Why a request was not served (RFC 9457). docs/admin-api.md explains each type.""";
        problem.Properties ??= new Dictionary<string, IOpenApiSchema>();
        problem.Properties["errors"] = new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Description = """What is wrong, by parameter or field.""",
            AdditionalProperties = new OpenApiSchema
            {
                Type = JsonSchemaType.Array,
                Items = new OpenApiSchema { Type = JsonSchemaType.String },
            },
        };
    }

    private static Task DescribeAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context)
    {
        var type = context.JsonTypeInfo.Type;
        var absent = Nullable.GetUnderlyingType(type) is null ? default : JsonSchemaType.Null;
        if ((Nullable.GetUnderlyingType(type) ?? type) == typeof(TimeSpan))
            (schema.Type, schema.Format, schema.Pattern) = (JsonSchemaType.Integer | absent, "int64", null);
        else if ((Nullable.GetUnderlyingType(type) ?? type) == typeof(DateTimeOffset))
            (schema.Type, schema.Format, schema.Pattern) = (JsonSchemaType.String | absent, "date-time", null);
        return Task.CompletedTask;
    }
}
