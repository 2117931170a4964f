/**
 * The rules of a user confined to one key prefix (https://valkey.io/topics/acl). Rules are applied left to right. Scripts run with their
 * caller's rights, so a key that a script reaches without declaring it is checked too.
 *  - nothing of @admin or @dangerous, except INFO, by which clients learn the version and that the server has loaded;
 *  - nothing that ends or empties what is shared: scripts, functions, other clients;
 *  - database 0 only: keys elsewhere would outlive the KPI;
 *  - notifications of its own keys only.
 */
export function confinedTo(prefix: string): string[] {
  if (!/^\w+:$/.test(prefix)) throw new Error(`"${prefix}" would be read as a pattern`)
  return [
    ...[`~${prefix}*`, 'resetchannels', `&${prefix}*`, `&__keyspace@0__:${prefix}*`],
    ...['+@all', '-@admin', '-@dangerous', '+info'],
    ...['-script|flush', '-script|kill', '-script|debug', '-function|flush', '-function|delete', '-function|restore', '-function|kill'],
    ...['-select', '+select|0', '-move', '-copy', '-randomkey'],
  ]
}
