using System.Globalization;
using Locks.Admin;
using Locks.Admin.Writing;
using Locks.Contracts;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Locks.Server.Tests.Admin.OpenApi;

/// <summary>
/// What the handlers' signatures can't say of an operation: they read numbers as text, to refuse what is none in words of their own, and
/// bodies after the caller's right to write.
/// </summary>
internal static class OperationDetails
{
    private static readonly Dictionary<string, string> Problems = new(StringComparer.Ordinal)
    {
        ["400"] = "bad-request: a parameter or a field breaks a limit; errors has the sentences by field.",
        ["401"] = "key-required: keys are configured, and the request has none, or a wrong one.",
        ["403"] = "not-local, read-only-key or cross-site: the caller may not do this.",
        ["404"] = "not-held or not-waiting: there is no such holder or waiter.",
        ["409"] = "changed: the grant is over, or the attempt waits no more.",
        ["413"] = "too-large: the body is too large.",
        ["415"] = "unsupported-media-type: the body is not JSON.",
        ["429"] = "too-many-writes: Retry-After says when the next one is allowed.",
        ["503"] = "unavailable or too-many-streams: Retry-After says when to try again.",
    };

    public static async Task AddAsync(
        OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        operation.OperationId = operation.OperationId![AdminApi.Names.Length..];
        HandlerComments.AddTo(operation, context.Description.ActionDescriptor.EndpointMetadata);
        foreach (var parameter in (operation.Parameters ?? []).OfType<OpenApiParameter>())
            Describe(operation, parameter);
        foreach (var (status, response) in operation.Responses ?? [])
        {
            if (Problems.TryGetValue(status, out var problem))
                response.Description = problem;
        }

        if (context.Description.ActionDescriptor.EndpointMetadata.OfType<WriteBody>().FirstOrDefault() is { } body)
            await AddBodyAsync(operation, body.Type, context, cancellationToken);
    }

    private static void Describe(OpenApiOperation operation, OpenApiParameter parameter)
    {
        (parameter.Required, parameter.Schema) = (operation.OperationId, parameter.Name) switch
        {
            (_, "limit") => (false, Number("int32", 1, LockLimits.MaxPage)),
            (_, "waitingLongerThan") => (false, Number("int64", 0, (long)LockLimits.MaxWait.TotalMilliseconds)),
            (_, "state") => (false, new OpenApiSchema
            {
                Type = JsonSchemaType.String,
                Enum = [LockStates.Free, LockStates.Offered, LockStates.Held, LockStates.Cooling],
            }),
            (_, "key") => (true, parameter.Schema),
            ("listLeases", "after") => (false, new OpenApiSchema { Type = JsonSchemaType.String, Format = "uuid" }),
            _ => (parameter.Required, parameter.Schema),
        };
    }

    private static OpenApiSchema Number(string format, long least, long most) => new()
    {
        Type = JsonSchemaType.Integer,
        Format = format,
        Minimum = least.ToString(CultureInfo.InvariantCulture),
        Maximum = most.ToString(CultureInfo.InvariantCulture),
    };

    private static async Task AddBodyAsync(
        OpenApiOperation operation, Type type, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        context.Document!.AddComponent(type.Name, await context.GetOrCreateSchemaAsync(type, null, cancellationToken));
        operation.RequestBody = new OpenApiRequestBody
        {
            Required = true,
            Description = """What is to be done, and why.""",
            Content = new Dictionary<string, OpenApiMediaType>
            {
                ["application/json"] = new() { Schema = new OpenApiSchemaReference(type.Name, context.Document) },
            },
        };
        operation.Parameters ??= [];
        operation.Parameters.Add(new OpenApiParameter
        {
            Name = CrossSiteCheck.HeaderName,
            In = ParameterLocation.Header,
            Required = true,
            Description = """Shows that no other site's page sends this.""",
            Schema = new OpenApiSchema { Type = JsonSchemaType.String, Enum = ["1"] },
        });
    }
}
