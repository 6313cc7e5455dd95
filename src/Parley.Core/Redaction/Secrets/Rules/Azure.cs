namespace Parley.Core.Redaction.Secrets.Rules;

/// <summary>Azure's keys carry their mark in the middle: each service has one of its own.</summary>
internal static class Azure
{
    public static readonly TokenRule[] Rules =
    [
        new("azure-client-secret", @"[\w~.-]{3}8Q~[\w~.-]{31,34}", @"[\w~.-]{3}7Q~[\w~.-]{31,34}", @"[\w~.-]{3}9Q~[\w~.-]{31,34}"),
        new("azure-openai-key", @"[A-Za-z0-9]{40,52}JQQJ99[A-Za-z0-9]{20,}"),
        new("azure-storage-key", @"[A-Za-z0-9+/]{60,76}\+ASt[A-Za-z0-9+/]{4,6}={1,2}"),
        new("azure-cosmos-key", @"[A-Za-z0-9+/]{60,76}ACDb[A-Za-z0-9+/]{4,6}={1,2}"),
        new("azure-batch-key", @"[A-Za-z0-9+/]{60,76}\+ABa[A-Za-z0-9+/]{4,6}={1,2}"),
        new("azure-service-bus-key", @"[A-Za-z0-9+/]{30,33}\+ASb[A-Za-z0-9+/]{4,6}="),
        new("azure-event-hub-key", @"[A-Za-z0-9+/]{30,33}\+AEh[A-Za-z0-9+/]{4,6}="),
        new("azure-relay-key", @"[A-Za-z0-9+/]{30,33}\+ARm[A-Za-z0-9+/]{4,6}="),
        new("azure-iot-key", @"[A-Za-z0-9+/]{30,33}AIoT[A-Za-z0-9+/]{4,6}="),
        new("azure-event-grid-key", @"[A-Za-z0-9+/]{30,33}AZEG[A-Za-z0-9+/]{4,6}="),
        new("azure-function-key", @"[\w-]{40,44}AzFu[\w-]{4,8}={2}"),
        new("azure-search-key", @"[A-Za-z0-9]{40,42}AzSe[A-D][A-Za-z0-9]{5}"),
        new("azure-registry-key", @"[A-Za-z0-9+/]{40,42}\+ACR[A-Za-z][A-Za-z0-9+/]{5}"),
        new("azure-redis-key", @"[A-Za-z0-9]{30,33}AzCa[A-P][A-Za-z0-9]{5}="),
        new("azure-api-management-key", @"git&\d{12}&[A-Za-z0-9+/]{60,}={0,2}", @"integration&\d{12}&[A-Za-z0-9+/]{60,}={0,2}"),
        new("azure-devops-token", @"[A-Za-z0-9]{60,76}AZDO[A-Za-z0-9]{4,6}"),
    ];
}
