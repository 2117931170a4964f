// Shared by the hostile programs: makes one attempt and prints GOT or NO. The tests look at the world, and at GOT.
/** Makes one attempt and prints its outcome. */
export const attempt = async (what: string, act: () => unknown): Promise<void> => {
  try {
    const got = await act()
    console.log(`GOT ${what}: ${String(got).slice(0, 80)}`)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    console.log(`NO ${what}: ${code ?? ''} ${String(message).split('\n')[0]}`)
  }
}
