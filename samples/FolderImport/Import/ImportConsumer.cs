using FolderImport.Records;
using MassTransit;

namespace FolderImport.Import;

/// <summary>Imports what the messages name. A message is acknowledged when all of it is done, so it outlives its worker.</summary>
internal sealed class ImportConsumer(WorkerPool workers) : IConsumer<ImportFile>, IConsumer<ImportFolder>
{
    public Task Consume(ConsumeContext<ImportFile> context) =>
        ImportAsync(context.Message.Run, context.Message.Item, Folder.PathOf(context.Message.Path), context.CancellationToken);

    public Task Consume(ConsumeContext<ImportFolder> context) =>
        ImportAsync(context.Message.Run, context.Message.Item, context.Message.Path, context.CancellationToken);

    private async Task ImportAsync(string run, int item, string folder, CancellationToken cancellationToken)
    {
        var worker = workers.Rent();
        try
        {
            await worker.ImportAsync(run, item, folder, cancellationToken);
        }
        finally
        {
            workers.Return(worker);
        }
    }
}
