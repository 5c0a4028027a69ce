export function contextKey(name: string): unknown {
  return name;
}
