import { array, bool, int8, int16, int32, nullableArray, nullableString, string } from '../codec.ts'
import { message } from '../message.ts'
import { since, struct } from '../struct.ts'

// DescribeConfigsRequest => [resources] include_synonyms include_documentation
//   resources => resource_type resource_name [configuration_keys]         type 2 topic, 4 broker, 8 broker logger
// DescribeConfigsResponse => throttle_time_ms [results]
//   results  => error_code error_message resource_type resource_name [configs]
//   configs  => name value read_only config_source is_sensitive [synonyms] config_type documentation
//   synonyms => name value source               source 1 topic, 2 dynamic broker, 4 static broker, 5 default
/** Configuration with the place each value comes from. */
export const DescribeConfigs = message({
  key: 32,
  name: 'DescribeConfigs',
  versions: [1, 4],
  flexibleFrom: 4,
  request: struct({
    resources: array(struct({ resourceType: int8, resourceName: string, configurationKeys: nullableArray(string) })),
    includeSynonyms: since(1, bool),
    includeDocumentation: since(3, bool),
  }),
  response: struct({
    throttleTimeMs: int32,
    results: array(
      struct({
        errorCode: int16,
        errorMessage: nullableString,
        resourceType: int8,
        resourceName: string,
        configs: array(
          struct({
            name: string,
            value: nullableString,
            readOnly: bool,
            configSource: since(1, int8),
            isSensitive: bool,
            synonyms: since(1, array(struct({ name: string, value: nullableString, source: int8 }))),
            configType: since(3, int8),
            documentation: since(3, nullableString),
          }),
        ),
      }),
    ),
  }),
})

const AlterResponse = struct({
  throttleTimeMs: int32,
  responses: array(struct({ errorCode: int16, errorMessage: nullableString, resourceType: int8, resourceName: string })),
})

// AlterConfigsRequest  => [resources] validate_only     resources => resource_type resource_name [configs]   configs => name value
// AlterConfigsResponse => throttle_time_ms [responses]  responses => error_code error_message resource_type resource_name
/** Replaces all of a resource's configuration. */
export const AlterConfigs = message({
  key: 33,
  name: 'AlterConfigs',
  versions: [0, 2],
  flexibleFrom: 2,
  request: struct({
    resources: array(struct({ resourceType: int8, resourceName: string, configs: array(struct({ name: string, value: nullableString })) })),
    validateOnly: bool,
  }),
  response: AlterResponse,
})

// IncrementalAlterConfigsRequest => [resources] validate_only
//   resources => resource_type resource_name [configs]  configs => name config_operation value     0 set, 1 delete, 2 append, 3 subtract
/** Changes single values (KIP-339). */
export const IncrementalAlterConfigs = message({
  key: 44,
  name: 'IncrementalAlterConfigs',
  versions: [0, 1],
  flexibleFrom: 1,
  request: struct({
    resources: array(
      struct({
        resourceType: int8,
        resourceName: string,
        configs: array(struct({ name: string, configOperation: int8, value: nullableString })),
      }),
    ),
    validateOnly: bool,
  }),
  response: AlterResponse,
})

// ListConfigResourcesRequest  => [resource_types]
// ListConfigResourcesResponse => throttle_time_ms error_code [config_resources]     config_resources => resource_name resource_type
/** Which resources have a configuration: topics (2) and brokers (4). v0 asked for client metrics only: there are none. */
export const ListConfigResources = message({
  key: 74,
  name: 'ListConfigResources',
  versions: [0, 1],
  flexibleFrom: 0,
  request: struct({ resourceTypes: since(1, array(int8)) }),
  response: struct({
    throttleTimeMs: int32,
    errorCode: int16,
    configResources: array(struct({ resourceName: string, resourceType: since(1, int8, 16) })),
  }),
})
