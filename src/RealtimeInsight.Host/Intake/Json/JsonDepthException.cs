using System.Text.Json;

namespace RealtimeInsight.Host.Intake.Json;

/// <summary>JSON that is nested more deeply than it may be.</summary>
internal sealed class JsonDepthException() : JsonException($"nested deeper than {JsonTable.DepthMax} levels");
