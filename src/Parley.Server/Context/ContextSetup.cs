namespace Parley.Server.Context;

/// <summary>What the slice is made of.</summary>
internal static class ContextSetup
{
    public static void AddContext(this IServiceCollection services) => services
        .AddSingleton<ContextDoor>()
        .AddSingleton<ContextStore>()
        .AddSingleton<ContextUploads>()
        .AddSingleton<ContextFiles>()
        .AddSingleton<ContextReading>()
        .AddSingleton<ContextTools>();
}
